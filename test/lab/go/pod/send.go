package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

func dial(address string) net.Conn {
	connection, err := net.Dial("udp", address)
	if err != nil {
		fail(err)
	}
	return connection
}

// The kernel holds us up as soon as its queue has as much of us as a socket may own: the queue stands, and drops nothing.
func flood(address string) {
	connection, datagram := dial(address), make([]byte, 1400)
	for {
		if _, err := connection.Write(datagram); err != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// So many a second, in steps of 50 ms; what a late step missed is not made up for.
func paced(rate int, do func()) {
	for range time.Tick(50 * time.Millisecond) {
		for count := 0; count < max(rate/20, 1); count++ {
			do()
		}
	}
}

func flows(address string, rate int) {
	target, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		fail(err)
	}
	port := 1024
	var sent, refused int
	said := time.Now()
	paced(rate, func() {
		port = 1024 + (port-1023)%64000
		connection, err := net.DialUDP("udp", &net.UDPAddr{Port: port}, target)
		if err != nil {
			return
		}
		defer connection.Close()
		sent++
		if _, err := connection.Write([]byte{0}); err != nil {
			refused++
		}
		if time.Since(said) >= time.Second {
			fmt.Println("sent", sent, "refused", refused)
			said = time.Now()
		}
	})
}

func question(id uint16, name string) []byte {
	packet := binary.BigEndian.AppendUint16(nil, id)
	packet = append(packet, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for _, label := range strings.Split(strings.Trim(name, "."), ".") {
		packet = append(append(packet, byte(len(label))), label...)
	}
	return append(packet, 0, 0, 1, 0, 1)
}

func ask(server, name string, rate int) {
	connection := dial(net.JoinHostPort(server, "53"))
	var answered atomic.Int64
	go func() {
		for buffer := make([]byte, 4096); ; {
			if _, err := connection.Read(buffer); err == nil {
				answered.Add(1)
			} else {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}()
	asked := 0
	said := time.Now()
	paced(rate, func() {
		if _, err := connection.Write(question(uint16(asked), name)); err == nil {
			asked++
		}
		if time.Since(said) >= time.Second {
			fmt.Println("asked", asked, "answered", answered.Load())
			said = time.Now()
		}
	})
}
