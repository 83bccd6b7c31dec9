// Command greet is a client of the demonstration, through pebbe/zmq4 and cgo.
//
// "greet ENDPOINT NAME" says who it is, prints the answer and what served it.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	zmq "github.com/pebbe/zmq4"

	"bindings/served"
)

func greet(endpoint, name string) (string, error) {
	socket, err := zmq.NewSocket(zmq.REQ)
	if err != nil {
		return "", err
	}
	defer socket.Close()
	if err := socket.SetRcvtimeo(10 * time.Second); err != nil {
		return "", err
	}
	if err := socket.Connect(endpoint); err != nil {
		return "", err
	}
	if _, err := socket.Send(name, 0); err != nil {
		return "", err
	}
	return socket.Recv(0)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: greet ENDPOINT NAME")
	}
	answer, err := greet(os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal("greet: ", err)
	}
	path, err := served.Path()
	if err != nil {
		log.Fatal("greet: ", err)
	}
	major, minor, patch := zmq.Version()
	fmt.Printf("Go      REQ     ZeroMQ %d.%d.%d from %s\n", major, minor, patch, path)
	fmt.Printf("                %s\n", answer)
}
