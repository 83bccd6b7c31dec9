// zmq_proxy through pebbe/zmq4: a queue, a streamer and a forwarder, ended by
// ending their context, and a proxy that is steered.
package bindings

import (
	"os"
	"path/filepath"
	"testing"

	zmq "github.com/pebbe/zmq4"
)

// proxied runs a proxy between two bound sockets and returns their endpoints.
func proxied(t *testing.T, context *zmq.Context, front, back zmq.Type, transport string) (string, string) {
	folder := t.TempDir()
	var sockets [2]*zmq.Socket
	var ends [2]string
	for i, kind := range []zmq.Type{front, back} {
		socket, err := context.NewSocket(kind)
		check(t, err)
		unlimited(t, socket)
		part := filepath.Join(folder, kind.String())
		check(t, os.Mkdir(part, 0o700))
		ends[i], err = bound(socket, transport, part)
		check(t, err)
		sockets[i] = socket
	}
	done := make(chan error, 1)
	go func() {
		err := zmq.Proxy(sockets[0], sockets[1], nil)
		for _, socket := range sockets {
			socket.SetLinger(0)
			socket.Close()
		}
		done <- err
	}()
	t.Cleanup(func() {
		check(t, context.Term())
		if err := <-done; zmq.AsErrno(err) != zmq.ETERM {
			t.Errorf("the proxy ended with %v", err)
		}
	})
	return ends[0], ends[1]
}

func eachTransport(t *testing.T, test func(t *testing.T, context *zmq.Context, transport string)) {
	for _, transport := range []string{"tcp", "ipc", "inproc"} {
		t.Run(transport, func(t *testing.T) {
			context, err := zmq.NewContext()
			check(t, err)
			test(t, context, transport)
		})
	}
}

func TestQueue(t *testing.T) {
	eachTransport(t, func(t *testing.T, context *zmq.Context, transport string) {
		front, back := proxied(t, context, zmq.ROUTER, zmq.DEALER, transport)
		server, client := opened(t, context, zmq.REP), opened(t, context, zmq.REQ)
		check(t, server.Connect(back))
		check(t, client.Connect(front))
		serving := make(chan error, 1)
		go func() { serving <- reply(server, count()) }()
		check(t, request(client, count()))
		check(t, <-serving)
	})
}

func TestStreamer(t *testing.T) {
	eachTransport(t, func(t *testing.T, context *zmq.Context, transport string) {
		front, back := proxied(t, context, zmq.PULL, zmq.PUSH, transport)
		sender, receiver := opened(t, context, zmq.PUSH), opened(t, context, zmq.PULL)
		check(t, sender.Connect(front))
		check(t, receiver.Connect(back))
		sending := make(chan error, 1)
		go func() { sending <- push(sender, count()) }()
		check(t, pull(receiver, count()))
		check(t, <-sending)
	})
}

func TestForwarder(t *testing.T) {
	eachTransport(t, func(t *testing.T, context *zmq.Context, transport string) {
		front, back := proxied(t, context, zmq.XSUB, zmq.XPUB, transport)
		sender := unlimited(t, opened(t, context, zmq.PUB))
		begin := opened(t, context, zmq.REP)
		beginEndpoint, err := bound(begin, "tcp", "")
		check(t, err)
		check(t, sender.Connect(front))
		publishing := make(chan error, 1)
		go func() { publishing <- publish(sender, begin, count()) }()
		checkFollow(t, context, kinds{zmq.PUB, zmq.SUB}, back, beginEndpoint)
		check(t, <-publishing)
	})
}
