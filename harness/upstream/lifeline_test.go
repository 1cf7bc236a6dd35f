package upstream_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/self"
	"github.com/gatequake/gatequake/harness/upstream"
)

// parent is the role of a process that starts a Process, freezes it when told to, says its address and waits for death.
const parent = "upstream-test-parent"

func init() {
	self.Role(parent, func(args []string) int {
		p, err := upstream.StartProcess(context.Background(), "127.0.0.1:0", upstream.ProcessOptions{})
		if err != nil {
			fmt.Println(err)
			return 1
		}
		if args[0] == "frozen" {
			if err := p.Freeze(); err != nil {
				fmt.Println(err)
				return 1
			}
		}
		fmt.Println(p.Addr())
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	})
}

func TestProcessDiesWithItsParent(t *testing.T) {
	for _, state := range []string{"running", "frozen"} {
		t.Run(state, func(t *testing.T) {
			g := leakless(t)
			cmd := self.Command(timely(t), parent, state)
			stdin, err := cmd.StdinPipe()
			g.Expect(err).NotTo(HaveOccurred())
			defer func() { _ = stdin.Close() }()
			stdout, err := cmd.StdoutPipe()
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(cmd.Start()).To(Succeed())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			g.Expect(err).NotTo(HaveOccurred())
			addr := line[:len(line)-1]
			conn, err := net.DialTimeout("tcp", addr, patience)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(conn.Close()).To(Succeed())

			g.Expect(cmd.Process.Kill()).To(Succeed())
			_ = cmd.Wait()
			g.Eventually(func() error {
				conn, err := net.DialTimeout("tcp", addr, patience)
				if err == nil {
					_ = conn.Close()
				}
				return err
			}).WithTimeout(patience).Should(MatchError(syscall.ECONNREFUSED))
		})
	}
}
