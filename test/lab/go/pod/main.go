// What runs in the lab's pods, and what its faults send with: one static program without dependencies.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

const usage = `pod pause                     does nothing until it is ended, and buries whom it inherits
pod web PORT                  answers HTTP with its host name
pod answer PORT               answers each line of a connection by itself, at once
pod talk SERVICE PORT         holds a connection to every other address of a service; a line each, every second
pod call URL NAME...          fetches a URL and looks names up, every second
pod flood ADDRESS:PORT        sends datagrams as fast as the way out takes them
pod flows ADDRESS:PORT RATE   sends so many datagrams a second, each from a port of its own
pod ask SERVER NAME RATE      asks a name server so often a second
`

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil || value <= 0 {
		fail(fmt.Errorf("%q is no number above 0", text))
	}
	return value
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pod:", err)
	os.Exit(1)
}

func pause() {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for each := range signals {
		if each != syscall.SIGCHLD {
			return
		}
		for pid := 1; pid > 0; {
			pid, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		}
	}
}

func main() {
	args := append(os.Args[1:], "", "", "", "")
	// A pod that is told to end ends at once: nothing here is worth waiting for.
	go func() {
		if args[0] != "pause" {
			signals := make(chan os.Signal, 1)
			signal.Notify(signals, syscall.SIGTERM)
			<-signals
			os.Exit(0)
		}
	}()
	switch args[0] {
	case "pause":
		pause()
	case "web":
		web(args[1])
	case "answer":
		answer(args[1])
	case "talk":
		talk(args[1], args[2])
	case "call":
		call(args[1], os.Args[3:])
	case "flood":
		flood(args[1])
	case "flows":
		flows(args[1], number(args[2]))
	case "ask":
		ask(args[1], args[2], number(args[3]))
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(64)
	}
}
