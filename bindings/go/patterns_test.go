// The patterns through pebbe/zmq4 and cgo, between goroutines and between
// processes, by transport.
//
// A client and a server for each pattern exchange messages and check every body
// and its order. The server binds; in the processes' tests it is this test
// binary started again. Nothing counts unless the library named by ZMQ_LIBRARY
// is the one that serves.
package bindings

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	zmq "github.com/pebbe/zmq4"

	"bindings/served"
)

const (
	timeout = 60 * time.Second
	// Requests under way in a pipelined exchange. A ROUTER drops what its peer
	// has no room for, and what the peer has already answered may still count
	// as under way for a moment; so twice the window stays below the
	// high-water mark.
	window = 400
)

type role func(socket *zmq.Socket, count int) error

type pattern struct {
	name       string
	clientKind zmq.Type
	client     role
	serverKind zmq.Type
	server     role
}

var patterns = []pattern{
	{"push_pull", zmq.PUSH, push, zmq.PULL, pull},
	{"req_rep", zmq.REQ, request, zmq.REP, reply},
	{"dealer_router", zmq.DEALER, dealer, zmq.ROUTER, router},
	{"pair", zmq.PAIR, pairFirst, zmq.PAIR, pairSecond},
}

// TestMain checks the library first, and is the server when started as one.
func TestMain(m *testing.M) {
	if err := served.Check(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if name := os.Getenv("SERVE_PATTERN"); name != "" {
		serving := serve
		if _, found := publishers[name]; found {
			serving = servePublisher
		}
		if err := serving(name, os.Getenv("SERVE_TRANSPORT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Between goroutines: both ends in one context.
func TestGoroutines(t *testing.T) {
	each(t, []string{"tcp", "ipc", "inproc"}, func(t *testing.T, p pattern, transport string) {
		context := newContext(t)
		remote := opened(t, context, p.serverKind)
		endpoint, err := bound(remote, transport, t.TempDir())
		check(t, err)
		serving := make(chan error, 1)
		go func() { serving <- p.server(remote, count()) }()
		socket := opened(t, context, p.clientKind)
		check(t, socket.Connect(endpoint))
		if err := p.client(socket, count()); err != nil {
			t.Fatalf("client: %v; server: %v", err, status(serving))
		}
		check(t, <-serving)
	})
}

// Between processes: the server is this binary, started again.
func TestProcesses(t *testing.T) {
	each(t, []string{"tcp", "ipc"}, func(t *testing.T, p pattern, transport string) {
		context := newContext(t)
		serving := exec.Command(os.Args[0])
		serving.Env = append(os.Environ(), "SERVE_PATTERN="+p.name, "SERVE_TRANSPORT="+transport)
		serving.Stderr = os.Stderr
		output, err := serving.StdoutPipe()
		check(t, err)
		check(t, serving.Start())
		t.Cleanup(func() { serving.Process.Kill() })
		endpoint, err := bufio.NewReader(output).ReadString('\n')
		check(t, err)
		socket := opened(t, context, p.clientKind)
		check(t, socket.Connect(strings.TrimSpace(endpoint)))
		check(t, p.client(socket, count()))
		check(t, serving.Wait())
	})
}

// A poller over two receivers sees every message of a sender that has both.
func TestPoller(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc", "inproc"} {
		t.Run(transport, func(t *testing.T) {
			context := newContext(t)
			sender := opened(t, context, zmq.PUSH)
			poller := zmq.NewPoller()
			for i := 0; i < 2; i++ {
				receiver := opened(t, context, zmq.PULL)
				endpoint, err := bound(receiver, transport, t.TempDir())
				check(t, err)
				check(t, sender.Connect(endpoint))
				poller.Add(receiver, zmq.POLLIN)
			}
			sending := make(chan error, 1)
			go func() { sending <- push(sender, count()) }()
			seen := make([]bool, count())
			for left := count(); left > 0; {
				ready, err := poller.Poll(timeout)
				check(t, err)
				if len(ready) == 0 {
					t.Fatalf("nothing ready with %d messages to come", left)
				}
				for _, item := range ready {
					message, err := item.Socket.Recv(zmq.DONTWAIT)
					check(t, err)
					number, err := strconv.Atoi(message[:8])
					check(t, err)
					if seen[number] || message != body(number) {
						t.Fatalf("unexpected message %q", message)
					}
					seen[number] = true
					left--
				}
			}
			check(t, <-sending)
		})
	}
}

// The version is the header's, which the binding was compiled against.
func TestVersion(t *testing.T) {
	major, minor, patch := zmq.Version()
	if strings.HasSuffix(os.Getenv("ZMQ_LIBRARY"), "target/release/libzmq.so") {
		if major != 4 || minor != 3 || patch != 5 {
			t.Fatalf("version %d.%d.%d", major, minor, patch)
		}
	}
}

func push(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		if _, err := socket.Send(body(n), 0); err != nil {
			return err
		}
	}
	return nil
}

func pull(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		if err := expect(socket, body(n)); err != nil {
			return err
		}
	}
	return nil
}

func request(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		if _, err := socket.Send(body(n), 0); err != nil {
			return err
		}
		if err := expect(socket, "re:"+body(n)); err != nil {
			return err
		}
	}
	return nil
}

func reply(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		if err := expect(socket, body(n)); err != nil {
			return err
		}
		if _, err := socket.Send("re:"+body(n), 0); err != nil {
			return err
		}
	}
	return nil
}

func dealer(socket *zmq.Socket, count int) error {
	return pipelined(socket, count, func(n int) []string { return []string{"", body(n), "end"} })
}

func router(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		frames, err := socket.RecvMessage(0)
		if err != nil {
			return err
		}
		if wanted := []string{"", body(n), "end"}; !reflect.DeepEqual(frames[1:], wanted) {
			return fmt.Errorf("got %q instead of %q", frames[1:], wanted)
		}
		if _, err := socket.SendMessage(frames); err != nil {
			return err
		}
	}
	return nil
}

func pairFirst(socket *zmq.Socket, count int) error {
	return pipelined(socket, count, func(n int) []string { return []string{body(n)} })
}

func pairSecond(socket *zmq.Socket, count int) error {
	for n := 0; n < count; n++ {
		if err := expect(socket, body(n)); err != nil {
			return err
		}
		if _, err := socket.Send(body(n), 0); err != nil {
			return err
		}
	}
	return nil
}

// pipelined keeps a window of messages under way and expects each one back.
func pipelined(socket *zmq.Socket, count int, message func(n int) []string) error {
	for n := 0; n < count+window; n++ {
		if n < count {
			if _, err := socket.SendMessage(message(n)); err != nil {
				return err
			}
		}
		if n >= window {
			wanted := message(n - window)
			got, err := socket.RecvMessage(0)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, wanted) {
				return fmt.Errorf("got %q instead of %q", got, wanted)
			}
		}
	}
	return nil
}

// body is message n: its own number, padded to between 8 and 71 bytes.
func body(n int) string {
	return fmt.Sprintf("%08d", n) + strings.Repeat(".", n%64)
}

func expect(socket *zmq.Socket, wanted string) error {
	got, err := socket.Recv(0)
	if err != nil {
		return err
	}
	if got != wanted {
		return fmt.Errorf("got %q instead of %q", got, wanted)
	}
	return nil
}

// count is how many messages each test sends.
func count() int {
	if n, err := strconv.Atoi(os.Getenv("MESSAGES")); err == nil {
		return n
	}
	return 10_000
}

func each(t *testing.T, transports []string, test func(*testing.T, pattern, string)) {
	for _, p := range patterns {
		for _, transport := range transports {
			t.Run(p.name+"/"+transport, func(t *testing.T) { test(t, p, transport) })
		}
	}
}

// newContext ends with the test, after the sockets opened in it.
func newContext(t *testing.T) *zmq.Context {
	context, err := zmq.NewContext()
	check(t, err)
	t.Cleanup(func() { check(t, context.Term()) })
	return context
}

// opened returns a socket that gives up, so that a lost message fails.
func opened(t *testing.T, context *zmq.Context, kind zmq.Type) *zmq.Socket {
	socket, err := patient(context, kind)
	check(t, err)
	t.Cleanup(func() { check(t, socket.Close()) })
	return socket
}

func patient(context *zmq.Context, kind zmq.Type) (*zmq.Socket, error) {
	socket, err := context.NewSocket(kind)
	if err == nil {
		err = socket.SetRcvtimeo(timeout)
	}
	if err == nil {
		err = socket.SetSndtimeo(timeout)
	}
	return socket, err
}

// bound binds to an endpoint no one else can have and returns it.
func bound(socket *zmq.Socket, transport, folder string) (string, error) {
	endpoint := map[string]string{
		"tcp":    "tcp://127.0.0.1:*",
		"ipc":    "ipc://" + filepath.Join(folder, "socket"),
		"inproc": "inproc://" + folder,
	}[transport]
	if err := socket.Bind(endpoint); err != nil {
		return "", err
	}
	return socket.GetLastEndpoint()
}

// serve is the server's end of a pattern in a process of its own.
func serve(name, transport string) error {
	folder, err := os.MkdirTemp("", "zmq")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, p := range patterns {
		if p.name != name {
			continue
		}
		context, err := zmq.NewContext()
		if err != nil {
			return err
		}
		socket, err := patient(context, p.serverKind)
		if err != nil {
			return err
		}
		endpoint, err := bound(socket, transport, folder)
		if err != nil {
			return err
		}
		fmt.Println(endpoint)
		if err := p.server(socket, count()); err != nil {
			return err
		}
		if err := socket.Close(); err != nil {
			return err
		}
		return context.Term()
	}
	return fmt.Errorf("no pattern %q", name)
}

// status is what a server that may still be at work has come to.
func status(serving <-chan error) error {
	select {
	case err := <-serving:
		return err
	default:
		return nil
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
