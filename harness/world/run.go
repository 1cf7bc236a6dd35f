package world

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gatequake/gatequake/harness/self"
)

// Options says how Run makes a world.
type Options struct {
	// Mode is how the world is made; Auto asks Detect.
	Mode Mode
	// Args are the arguments of the re-executed binary. A test binary needs those that lead it to Serve again.
	Args []string
	// Terminal hands the caller's standard input, output and error to the child, for a shell inside the world.
	// Otherwise the child has no input, and the last of what it prints is kept for error messages.
	Terminal bool
	// Output, if not nil, gets what the child prints, as it comes.
	Output io.Writer
	// Writable are folders, of the caller's or below one of root's, in which the processes of a world without root must
	// be able to write. What they write is seen in the world alone; see boundary.md.
	Writable []string
	// Spent, if not nil, gets the CPU time, of user and system, of the world's first process and of all that it
	// waited for, once the world has ended.
	Spent *time.Duration
	// role is a role of harness/self for the child to play; "" leaves it to the binary's own main to call Serve.
	role string
	// without lists the steps of the boundary that are left out; see steps.
	without []Step
}

// maxAnswer bounds what the parent reads back: a verdict with its evidence is some tens of KB, so 64 MiB is out
// of reach unless something is broken.
const maxAnswer = 64 << 20

// Run makes a world, sends request (any JSON value) to the Serve of the same binary in it, and stores the answer
// in result. When ctx ends, the world is ended at once and the error wraps ctx's cause. An error of the play
// comes back as its text. Nothing of the world is left when Run returns.
func Run(ctx context.Context, o Options, request, result any) error {
	mode, err := o.Mode.resolve()
	if err != nil {
		return err
	}
	c, err := newChild(ctx, mode, o)
	if err != nil {
		return fmt.Errorf("start world: %w", err)
	}
	defer c.cleanUp()
	a, err := c.talk(o, request)
	if p := c.cmd.ProcessState; p != nil && o.Spent != nil {
		*o.Spent = p.UserTime() + p.SystemTime()
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("world ended early: %w", context.Cause(ctx))
	case err != nil:
		return err
	case a.Nonce != c.nonce && takes(o.without, StepNonce):
		return errors.New("world gave an answer that its first process did not write: something in it has reached " +
			"the pipe")
	case a.Error != "":
		return errors.New(a.Error)
	case result == nil:
		return nil
	}
	if err := json.Unmarshal(a.Result, result); err != nil {
		return fmt.Errorf("decode answer of world: %w", err)
	}
	return nil
}

// dirPrefix begins the name of every folder of a portable world.
const dirPrefix = "gatequake-"

// child is the parent's handle on a world.
type child struct {
	cmd           *exec.Cmd
	request       *os.File // our end; open for as long as the world may live
	answer        *os.File
	output        *tail
	dir           string
	nonce         string
	waited        bool
	requestInside *os.File
	answerInside  *os.File
}

func newChild(ctx context.Context, mode Mode, o Options) (_ *child, err error) {
	c := &child{output: &tail{}, nonce: rand.Text()}
	defer func() {
		if err != nil {
			c.cleanUp()
		}
	}()
	if mode == Portable {
		// Made by the child: a parent that is killed between making it and starting the child would leave it behind.
		c.dir = filepath.Join(os.TempDir(), dirPrefix+rand.Text())
	}
	if c.requestInside, c.request, err = os.Pipe(); err != nil {
		return nil, err
	}
	if c.answer, c.answerInside, err = os.Pipe(); err != nil {
		return nil, err
	}
	if o.role != "" {
		c.cmd = self.Command(ctx, o.role, o.Args...)
	} else {
		c.cmd = exec.CommandContext(ctx, self.Path(), o.Args...)
		c.cmd.Env = os.Environ()
	}
	c.cmd.Env = append(c.cmd.Env, environ+"="+string(mode))
	c.cmd.ExtraFiles = []*os.File{c.requestInside, c.answerInside} // become requestFD and answerFD
	c.cmd.Stdout, c.cmd.Stderr = c.output, c.output
	if o.Output != nil {
		both := io.MultiWriter(c.output, o.Output)
		c.cmd.Stdout, c.cmd.Stderr = both, both
	}
	if o.Terminal {
		c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	}
	// Ends what a portable world may leave with this process's output still open; in a sealed world the kernel
	// has ended all by then.
	c.cmd.WaitDelay = 2 * time.Second
	c.cmd.SysProcAttr = attributes(mode, o)
	c.cmd.Cancel = func() error { return c.kill(mode) }
	return c, c.cmd.Start()
}

// talk sends the request and waits for the answer and the end of the child.
func (c *child) talk(o Options, request any) (a answer, err error) {
	_ = c.requestInside.Close()
	_ = c.answerInside.Close()
	t := task{Nonce: c.nonce, Dir: c.dir, Writable: o.Writable, Without: o.without}
	if t.Parent, err = ourNamespaces(); err != nil {
		return a, err
	}
	if t.Request, err = json.Marshal(request); err != nil {
		return a, fmt.Errorf("encode request for world: %w", err)
	}
	if err := json.NewEncoder(c.request).Encode(t); err != nil {
		return a, fmt.Errorf("send request to world: %w", err)
	}
	decodeErr := json.NewDecoder(io.LimitReader(c.answer, maxAnswer)).Decode(&a)
	if c.dir != "" {
		// A portable world has no kernel that ends what its first process left behind. That one is not waited
		// for yet, so its number is still its own.
		killGroup(c.cmd.Process.Pid)
	}
	c.waited = true
	waitErr := c.cmd.Wait()
	if decodeErr != nil {
		return a, fmt.Errorf("world gave no answer (%w; %w); it last said: %s", decodeErr, waitErr, c.output)
	}
	return a, nil
}

func (c *child) kill(mode Mode) error {
	if mode == Portable {
		killGroup(c.cmd.Process.Pid)
	}
	return c.cmd.Process.Kill()
}

func (c *child) cleanUp() {
	for _, f := range []*os.File{c.requestInside, c.answerInside, c.request, c.answer} {
		if f != nil {
			_ = f.Close()
		}
	}
	if c.cmd != nil && c.cmd.Process != nil && !c.waited {
		_ = c.cmd.Cancel()
		_ = c.cmd.Wait()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}
