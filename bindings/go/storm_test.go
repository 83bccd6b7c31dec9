// Every pattern under a storm of SIGURG, the signal that Go's runtime interrupts
// its threads with: each blocked call is interrupted again and again, and none may
// lose, repeat or tear a message.
package bindings

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// storm sends the signal to every thread of this process until the test ends.
func storm(t *testing.T) {
	stop, stopped := make(chan bool), make(chan int)
	go func() {
		sent := 0
		for {
			select {
			case <-stop:
				stopped <- sent
				return
			case <-time.After(100 * time.Microsecond):
			}
			threads, err := os.ReadDir("/proc/self/task")
			if err != nil {
				continue
			}
			for _, thread := range threads {
				id, err := strconv.Atoi(thread.Name())
				if err != nil {
					continue
				}
				// A thread that has ended meanwhile is as good.
				syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(os.Getpid()), uintptr(id), uintptr(syscall.SIGURG))
				sent++
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		t.Logf("%d signals", <-stopped)
	})
}

func TestStorm(t *testing.T) {
	storm(t)
	t.Run("patterns", TestGoroutines)
	t.Run("publishers", TestPublishGoroutines)
	t.Run("poller", TestPoller)
	t.Run("queue", TestQueue)
}

// With zmq4's own repetition off, an interrupted call fails with EINTR, and has
// done nothing.
func TestInterrupted(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc", "inproc"} {
		t.Run(transport, func(t *testing.T) {
			context := newContext(t)
			context.SetRetryAfterEINTR(false)
			server, client := opened(t, context, zmq.REP), opened(t, context, zmq.REQ)
			endpoint, err := bound(server, transport, t.TempDir())
			check(t, err)
			check(t, client.Connect(endpoint))
			storm(t)
			serving := make(chan error, 1)
			go func() {
				interrupted := 0
				var err error
				for n := 0; n < count() && err == nil; n++ {
					if _, err = insist(&interrupted, func() (string, error) { return server.Recv(0) }); err == nil {
						// What the client waits for comes late enough to be waited for.
						if n%64 == 0 {
							time.Sleep(time.Millisecond)
						}
						_, err = insist(&interrupted, func() (string, error) { _, err := server.Send(body(n), 0); return "", err })
					}
				}
				serving <- err
			}()
			interrupted := 0
			for n := 0; n < count(); n++ {
				_, err := insist(&interrupted, func() (string, error) { _, err := client.Send(body(n), 0); return "", err })
				check(t, err)
				got, err := insist(&interrupted, func() (string, error) { return client.Recv(0) })
				check(t, err)
				if got != body(n) {
					t.Fatalf("got %q instead of %q", got, body(n))
				}
			}
			check(t, <-serving)
			t.Logf("%d calls were interrupted", interrupted)
			if interrupted == 0 {
				t.Error("the storm has interrupted nothing")
			}
		})
	}
}

// insist repeats a call for as long as it is interrupted.
func insist(interrupted *int, call func() (string, error)) (string, error) {
	for {
		result, err := call()
		if err == nil || zmq.AsErrno(err) != zmq.Errno(syscall.EINTR) {
			return result, err
		}
		*interrupted++
	}
}
