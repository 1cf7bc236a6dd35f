package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// ProcessOptions says what a Process is. The zero value is a healthy origin called "upstream".
type ProcessOptions struct {
	Name   string   // in every stamp; "upstream" when empty
	Script Script   // what its first life does; Healthy when empty
	Speaks Language // besides HTTP/1
	// Certificate, if not nil, makes it speak TLS.
	Certificate *tls.Certificate
}

// Process is an origin in an operating system process of its own, which can be killed, frozen and started again
// at the same address. Its Record goes on over all its lives. It dies with the process that started it, however
// that ends. Kill it when done.
type Process struct {
	Record

	plays  part
	change sync.Mutex // held by Respawn and Play: one at a time
	mu     sync.Mutex // guards what follows, for moments: Kill and Thaw get in while Play waits for a frozen process
	listen string     // from the first life on, the real address
	life   *life
}

const (
	// killTimeout bounds the death of a process: the kernel needs a millisecond, a loaded machine a hundred.
	killTimeout = 5 * time.Second
	// stopTimeout bounds its freezing: every thread has to notice the signal.
	stopTimeout = 5 * time.Second
	// stopPoll is how often the kernel is asked whether it is frozen: that takes some microseconds.
	stopPoll = time.Millisecond
)

// StartProcess returns a Process that is already listening at listen; port 0 is a free one, Addr tells which.
// ctx bounds the start only.
func StartProcess(ctx context.Context, listen string, o ProcessOptions) (*Process, error) {
	p := &Process{listen: listen}
	var err error
	if p.plays, err = partOf(o); err != nil {
		return nil, fmt.Errorf("start upstream process: %w", err)
	}
	if o.Script == "" {
		o.Script = Healthy
	}
	if err := p.Respawn(ctx, o.Script); err != nil {
		return nil, err
	}
	return p, nil
}

// Respawn starts the dead process again, at the same address, and returns when it is listening. It is an error
// when the process lives.
func (p *Process) Respawn(ctx context.Context, script Script) error {
	p.change.Lock()
	defer p.change.Unlock()
	if err := script.known(); err != nil {
		return fmt.Errorf("start upstream process: %w", err)
	}
	if last := p.current(); last != nil && !last.over() {
		return fmt.Errorf("start upstream process: process %d still lives", last.pid())
	}
	// Connections are numbered from 1 in every life.
	before := p.Accepted()
	next, address, err := begin(ctx, p.plays.args(p.Addr(), script),
		func(e event) { p.note(e.after(before)) })
	if err != nil {
		return fmt.Errorf("start upstream process: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.life, p.listen = next, address
	return nil
}

// Addr returns the address the process listens at, with its real port: the same in every life.
func (p *Process) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listen
}

// PID returns the number of the process in its current or latest life.
func (p *Process) PID() int { return p.current().pid() }

// Exited returns a channel that is closed when the current life is over: the process is reaped, its address is
// free and its last hit is recorded.
func (p *Process) Exited() <-chan struct{} { return p.current().exited }

// Play makes the living process go on with script, on the connections that are open too. It returns once that is
// in force; a frozen process obeys when it thaws.
func (p *Process) Play(ctx context.Context, script Script) error {
	p.change.Lock()
	defer p.change.Unlock()
	life := p.current()
	err := script.known()
	if err == nil {
		err = life.play(ctx, script)
	}
	if err != nil {
		return fmt.Errorf("play %q in upstream process %d: %w", string(script), life.pid(), err)
	}
	return nil
}

// Kill ends the process by SIGKILL and returns when it is reaped, so that its address is free. It does nothing
// when the process is dead already.
func (p *Process) Kill() error {
	life := p.current()
	if err := life.signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill upstream process %d: %w", life.pid(), err)
	}
	select {
	case <-life.exited:
		return nil
	case <-time.After(killTimeout):
		return fmt.Errorf("kill upstream process %d: got no exit within %v", life.pid(), killTimeout)
	}
}

// Freeze stops the process by SIGSTOP and returns when the kernel says that every thread of it has stopped: its
// connections stay, and the kernel goes on to accept new ones in its name until the queue is full. Only Linux.
func (p *Process) Freeze() error {
	life := p.current()
	if err := life.freeze(); err != nil {
		return fmt.Errorf("freeze upstream process %d: %w", life.pid(), err)
	}
	return nil
}

// Thaw lets a frozen process go on by SIGCONT; it then answers what it was asked meanwhile.
func (p *Process) Thaw() error {
	life := p.current()
	if err := life.signal(syscall.SIGCONT); err != nil {
		return fmt.Errorf("thaw upstream process %d: %w", life.pid(), err)
	}
	return nil
}

func (p *Process) current() *life {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.life
}
