package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/self"
)

// life is a Process from one start to its death.
type life struct {
	cmd      *exec.Cmd
	commands *os.File      // its standard input: one script a line. That it ends with this process is the lifeline
	played   int           // commands given
	replies  chan event    // the latest reply that nobody has read
	exited   chan struct{} // closed once it is reaped and all its events are heard
}

var errExited = errors.New("the process has exited")

// begin starts a process in the role of an upstream and returns it, with its address, when it listens. Every
// event that is no reply goes to heard.
func begin(ctx context.Context, args []string, heard func(event)) (*life, string, error) {
	stdin, commands, err := os.Pipe()
	if err != nil {
		return nil, "", err
	}
	events, stdevents, err := os.Pipe()
	if err != nil {
		return nil, "", errors.Join(err, stdin.Close(), commands.Close())
	}
	cmd := self.Command(context.Background(), role, args...)
	cmd.Stdin, cmd.Stderr, cmd.ExtraFiles = stdin, os.Stderr, []*os.File{stdevents} // the first extra file is eventsFD
	cmd.SysProcAttr = attributes()
	err = cmd.Start()
	// The child's ends: while one is open here, the death of the child is not heard.
	_, _ = stdin.Close(), stdevents.Close()
	if err != nil {
		return nil, "", errors.Join(err, commands.Close(), events.Close())
	}
	l := &life{cmd: cmd, commands: commands, replies: make(chan event, 1), exited: make(chan struct{})}
	go l.watch(events, heard)

	reply, err := l.reply(ctx)
	if err == nil && reply.Error != "" {
		err = errors.New(reply.Error)
	}
	if err != nil {
		_ = l.signal(syscall.SIGKILL)
		<-l.exited
		return nil, "", err
	}
	return l, reply.Listening, nil
}

// watch hears the process until it has no more to say, and reaps it.
func (l *life) watch(events io.ReadCloser, heard func(event)) {
	defer close(l.exited)
	lines := json.NewDecoder(events)
	for {
		var e event
		if lines.Decode(&e) != nil { // the end, or half a line of a process that was killed
			break
		}
		if e.Listening == "" && e.Played == 0 && e.Error == "" {
			heard(e)
			continue
		}
		select { // an unread reply was for somebody who gave up
		case <-l.replies:
		default:
		}
		l.replies <- e
	}
	_ = events.Close()
	_ = l.cmd.Wait()
	_ = l.commands.Close()
}

// reply waits for what the process says next.
func (l *life) reply(ctx context.Context) (event, error) {
	select {
	case e := <-l.replies:
		return e, nil
	case <-ctx.Done():
		return event{}, context.Cause(ctx)
	case <-l.exited:
	}
	select { // its last words
	case e := <-l.replies:
		return e, nil
	default:
		return event{}, fmt.Errorf("%w: %s", errExited, l.cmd.ProcessState)
	}
}

// play gives one command and waits until it is in force.
func (l *life) play(ctx context.Context, script Script) error {
	if _, err := fmt.Fprintln(l.commands, script); err != nil {
		return err
	}
	l.played++
	for {
		reply, err := l.reply(ctx)
		if err != nil || reply.Played == l.played {
			return err
		}
	}
}

func (l *life) freeze() error {
	if err := l.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	poll := time.NewTicker(stopPoll)
	defer poll.Stop()
	deadline := time.After(stopTimeout)
	for {
		if frozen, err := stopped(l.pid()); err != nil || frozen {
			return err
		}
		select {
		case <-poll.C:
		case <-l.exited:
			return errExited
		case <-deadline:
			return fmt.Errorf("got no stop within %v", stopTimeout)
		}
	}
}

func (l *life) signal(s syscall.Signal) error { return l.cmd.Process.Signal(s) }

func (l *life) pid() int { return l.cmd.Process.Pid }

func (l *life) over() bool {
	select {
	case <-l.exited:
		return true
	default:
		return false
	}
}
