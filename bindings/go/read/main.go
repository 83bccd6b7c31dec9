// Command read is a subscriber of the demonstration, through pebbe/zmq4 and cgo.
//
// "read ENDPOINT" prints what served it and every piece of news it hears, and ends
// with the last one.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	zmq "github.com/pebbe/zmq4"

	"bindings/served"
)

func read(endpoint string) error {
	socket, err := zmq.NewSocket(zmq.SUB)
	if err != nil {
		return err
	}
	defer socket.Close()
	if err := socket.SetRcvtimeo(10 * time.Second); err != nil {
		return err
	}
	if err := socket.SetSubscribe("news"); err != nil {
		return err
	}
	if err := socket.Connect(endpoint); err != nil {
		return err
	}
	for {
		frames, err := socket.RecvMessage(0)
		if err != nil {
			return err
		}
		fmt.Printf("                %s: %s\n", frames[0], frames[1])
		if frames[1] == "last" {
			return nil
		}
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: read ENDPOINT")
	}
	path, err := served.Path()
	if err != nil {
		log.Fatal("read: ", err)
	}
	major, minor, patch := zmq.Version()
	fmt.Printf("Go      SUB     ZeroMQ %d.%d.%d from %s\n", major, minor, patch, path)
	if err := read(os.Args[1]); err != nil {
		log.Fatal("read: ", err)
	}
}
