package link

import (
	"context"
	"net"
	"os/exec"
	"testing"

	. "github.com/onsi/gomega"
)

// A process that is being started has a copy of every descriptor until its exec, also of a listener that is
// closed meanwhile.
func TestNobodyListensWhileProcessesStart(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	starting, stop := context.WithCancel(t.Context())
	started := make(chan struct{})
	go func() {
		defer close(started)
		for starting.Err() == nil {
			_ = exec.Command("true").Run()
		}
	}()
	defer func() { stop(); <-started }()
	for range 500 {
		undo := inject(t, l, Refuse{})
		g.Expect(refused(l.Addr())).To(BeTrue())
		undo()
		back, err := l.Detach(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
		stranger, err := net.Listen("tcp", l.Addr())
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(stranger.Close()).To(Succeed())
		g.Expect(back(t.Context())).To(Succeed())
	}
}
