// Package served tells which libzmq answers this process's calls.
//
// The answer comes from the process's own memory map, so it is what the
// dynamic linker really loaded, whatever the build was told.
package served

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	zmq "github.com/pebbe/zmq4"
)

// Path returns the one libzmq that is mapped into this process.
func Path() (string, error) {
	zmq.Version() // the library is linked, not merely named
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return "", err
	}
	defer maps.Close()
	found := map[string]bool{}
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		if at := strings.IndexByte(lines.Text(), '/'); at >= 0 {
			if path := lines.Text()[at:]; strings.HasPrefix(filepath.Base(path), "libzmq") {
				found[path] = true
			}
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	for path := range found {
		if len(found) == 1 {
			return path, nil
		}
	}
	return "", fmt.Errorf("expected one libzmq in this process, found %v", found)
}

// Check fails unless the library named by ZMQ_LIBRARY is the one that serves.
func Check() error {
	wanted, err := filepath.EvalSymlinks(os.Getenv("ZMQ_LIBRARY"))
	if err != nil {
		return fmt.Errorf("ZMQ_LIBRARY: %w", err)
	}
	path, err := Path()
	if err == nil && path != wanted {
		err = fmt.Errorf("served by %s, not by %s", path, wanted)
	}
	return err
}
