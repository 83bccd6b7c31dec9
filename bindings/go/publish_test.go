// Publishers and subscribers through pebbe/zmq4. A publisher has no way to know
// who listens: with each pattern goes a REP socket, bound by the publisher, on
// which the subscriber says that it hears. Every body goes to three topics, of
// which the subscriber wants one. The marks are off: nothing may be lost.
package bindings

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	zmq "github.com/pebbe/zmq4"
)

type kinds struct{ publisher, subscriber zmq.Type }

var publishers = map[string]kinds{
	"pub_sub":   {zmq.PUB, zmq.SUB},
	"xpub_sub":  {zmq.XPUB, zmq.SUB},
	"pub_xsub":  {zmq.PUB, zmq.XSUB},
	"xpub_xsub": {zmq.XPUB, zmq.XSUB},
}

func TestPublishGoroutines(t *testing.T) {
	eachPublisher(t, []string{"tcp", "ipc", "inproc"}, func(t *testing.T, k kinds, _, transport string) {
		context := newContext(t)
		sender := unlimited(t, opened(t, context, k.publisher))
		begin := opened(t, context, zmq.REP)
		endpoint, err := bound(sender, transport, t.TempDir())
		check(t, err)
		beginEndpoint, err := bound(begin, "tcp", "")
		check(t, err)
		publishing := make(chan error, 1)
		go func() { publishing <- publish(sender, begin, count()) }()
		checkFollow(t, context, k, endpoint, beginEndpoint)
		check(t, <-publishing)
	})
}

func TestPublishProcesses(t *testing.T) {
	eachPublisher(t, []string{"tcp", "ipc"}, func(t *testing.T, k kinds, name, transport string) {
		publishing := exec.Command(os.Args[0])
		publishing.Env = append(os.Environ(), "SERVE_PATTERN="+name, "SERVE_TRANSPORT="+transport)
		publishing.Stderr = os.Stderr
		output, err := publishing.StdoutPipe()
		check(t, err)
		check(t, publishing.Start())
		t.Cleanup(func() { publishing.Process.Kill() })
		line, err := bufio.NewReader(output).ReadString('\n')
		check(t, err)
		endpoints := strings.Fields(line)
		checkFollow(t, newContext(t), k, endpoints[0], endpoints[1])
		check(t, publishing.Wait())
	})
}

// checkFollow is the subscriber's side of a test.
func checkFollow(t *testing.T, context *zmq.Context, k kinds, endpoint, begin string) {
	t.Helper()
	receiver := unlimited(t, opened(t, context, k.subscriber))
	ready := opened(t, context, zmq.REQ)
	check(t, ready.Connect(begin))
	check(t, receiver.Connect(endpoint))
	check(t, follow(receiver, ready, count()))
}

func publish(socket, begin *zmq.Socket, count int) error {
	poller := zmq.NewPoller()
	poller.Add(begin, zmq.POLLIN)
	for heard := false; !heard; {
		if _, err := socket.Send("ready?", 0); err != nil {
			return err
		}
		ready, err := poller.Poll(time.Millisecond)
		if err != nil {
			return err
		}
		heard = len(ready) > 0
	}
	if err := expect(begin, "I hear"); err != nil {
		return err
	}
	for n := 0; n < count; n++ {
		for _, topic := range []string{"unwanted", "wanted", "want"} {
			if _, err := socket.SendMessage(topic, body(n)); err != nil {
				return err
			}
		}
	}
	_, err := begin.Send("published", 0)
	return err
}

func follow(socket, begin *zmq.Socket, count int) error {
	for _, topic := range []string{"wanted", "ready"} {
		if err := subscribe(socket, topic); err != nil {
			return err
		}
	}
	if err := expect(socket, "ready?"); err != nil {
		return err
	}
	if _, err := begin.Send("I hear", 0); err != nil {
		return err
	}
	for n := 0; n < count; {
		frames, err := socket.RecvMessage(0)
		if err != nil {
			return err
		}
		if n == 0 && len(frames) == 1 && frames[0] == "ready?" {
			continue
		}
		if len(frames) != 2 || frames[0] != "wanted" || frames[1] != body(n) {
			return fmt.Errorf("got %q instead of message %d", frames, n)
		}
		n++
	}
	return expect(begin, "published")
}

func subscribe(socket *zmq.Socket, topic string) error {
	kind, err := socket.GetType()
	if err != nil {
		return err
	}
	if kind == zmq.SUB {
		return socket.SetSubscribe(topic)
	}
	_, err = socket.Send("\x01"+topic, 0)
	return err
}

// servePublisher is the publisher's side in a process of its own.
func servePublisher(name, transport string) error {
	folder, err := os.MkdirTemp("", "zmq")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	context, err := zmq.NewContext()
	if err != nil {
		return err
	}
	sender, err := patient(context, publishers[name].publisher)
	if err == nil {
		err = sender.SetSndhwm(0)
	}
	if err != nil {
		return err
	}
	begin, err := patient(context, zmq.REP)
	if err != nil {
		return err
	}
	endpoint, err := bound(sender, transport, folder)
	if err != nil {
		return err
	}
	beginEndpoint, err := bound(begin, "tcp", "")
	if err != nil {
		return err
	}
	fmt.Println(endpoint, beginEndpoint)
	if err := publish(sender, begin, count()); err != nil {
		return err
	}
	for _, socket := range []*zmq.Socket{sender, begin} {
		if err := socket.Close(); err != nil {
			return err
		}
	}
	return context.Term()
}

// unlimited takes the marks off, so that nothing is dropped.
func unlimited(t *testing.T, socket *zmq.Socket) *zmq.Socket {
	check(t, socket.SetSndhwm(0))
	check(t, socket.SetRcvhwm(0))
	return socket
}

func eachPublisher(t *testing.T, transports []string, test func(*testing.T, kinds, string, string)) {
	for name, k := range publishers {
		for _, transport := range transports {
			t.Run(name+"/"+transport, func(t *testing.T) { test(t, k, name, transport) })
		}
	}
}
