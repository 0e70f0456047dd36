package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

func web(port string) {
	name, err := os.Hostname()
	if err != nil {
		fail(err)
	}
	fail(http.ListenAndServe(":"+port, http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(to, name)
	})))
}

// Acknowledges what was received before it answers: a lost answer is then sent again by us alone, not by who asked, too.
func acknowledge(connection net.Conn) {
	raw, err := connection.(*net.TCPConn).SyscallConn()
	if err == nil {
		raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) })
	}
}

func answer(port string) {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fail(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		go func() {
			defer connection.Close()
			for lines := bufio.NewScanner(connection); ; {
				acknowledge(connection)
				if !lines.Scan() {
					return
				}
				if _, err := fmt.Fprintln(connection, lines.Text()); err != nil {
					return
				}
			}
		}()
	}
}

func ownAddresses() map[string]bool {
	own := map[string]bool{}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		fail(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok {
			own[network.IP.String()] = true
		}
	}
	return own
}

// One peer, until it is no peer any more. What fails is said, and tried again a second later.
func converse(until context.Context, address string) {
	for until.Err() == nil {
		if err := exchange(until, address); err != nil && until.Err() == nil {
			fmt.Println(address, err)
		}
		time.Sleep(time.Second)
	}
}

func exchange(until context.Context, address string) error {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	fmt.Println(address, "connected")
	reader := bufio.NewReader(connection)
	for ; until.Err() == nil; time.Sleep(time.Second) {
		connection.SetDeadline(time.Now().Add(15 * time.Second))
		if _, err := fmt.Fprintln(connection, "how are you, and is the way still good?"); err != nil {
			return err
		}
		if _, err := reader.ReadString('\n'); err != nil {
			return err
		}
	}
	return nil
}

func talk(service, port string) {
	peers := map[string]context.CancelFunc{}
	for ; ; time.Sleep(5 * time.Second) {
		found, err := net.LookupHost(service)
		if err != nil {
			fmt.Println(err)
			continue
		}
		own, now := ownAddresses(), map[string]bool{}
		for _, address := range found {
			if own[address] {
				continue
			}
			now[address] = true
			if peers[address] == nil {
				until, end := context.WithCancel(context.Background())
				peers[address] = end
				go converse(until, net.JoinHostPort(address, port))
			}
		}
		for address, end := range peers {
			if !now[address] {
				end()
				delete(peers, address)
			}
		}
	}
}

func call(url string, names []string) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for ; ; time.Sleep(time.Second) {
		began := time.Now()
		reply, err := client.Get(url)
		if err != nil {
			fmt.Println(err)
		} else {
			body, _ := bufio.NewReader(reply.Body).ReadString('\n')
			reply.Body.Close()
			fmt.Printf("%s in %s: %s\n", reply.Status, time.Since(began).Round(time.Microsecond), strings.TrimSpace(body))
		}
		for _, name := range names {
			if _, err := net.LookupHost(name); err != nil {
				fmt.Println(err)
			}
		}
	}
}
