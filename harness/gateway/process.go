package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/world"
)

// Process is a running gateway. A nil one is not ours: it is never seen to end, and nothing of its log.
type Process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	logs   []string
	epoch  int // how many there were before it; see Reload
	// machine is the one that an own gateway has to itself; nil for the others.
	machine *world.Machine
	left    chan struct{} // closed when the command itself has ended
}

// stopGrace is how long a gateway may take to end by SIGTERM before it is killed. It is not measured, and nothing
// depends on a clean end.
const stopGrace = 2 * time.Second

// output is the file that a gateway's standard output and error go to.
const output = "gateway.out"

// Start renders the setting's templates into v.Dir and starts the gateway. It returns as soon as the process
// runs; a gateway that ends at once is seen at Exited. The caller calls Stop.
func (d *Definition) Start(setting string, v Vars) (*Process, error) {
	return d.startBy(d.Command, setting, v)
}

// startBy starts the gateway by the command.
func (d *Definition) startBy(command []string, setting string, v Vars) (*Process, error) {
	if err := d.write(setting, v); err != nil {
		return nil, fmt.Errorf("start %s: %w", d.Name, err)
	}
	argv := make([]string, len(command))
	for i, a := range command {
		var err error
		if argv[i], err = render(d.Name+"/gateway.yaml: command", a, v); err != nil {
			return nil, fmt.Errorf("start %s: %w", d.Name, err)
		}
	}
	attributes := dieWithParent()
	if d.User != "" && v.Root {
		if err := become(attributes, d.User); err != nil {
			return nil, fmt.Errorf("start %s: %w", d.Name, err)
		}
	}
	return start(argv, v.Dir, d.Logs, d.Env, attributes)
}

// write renders the setting's templates into v.Dir.
func (d *Definition) write(setting string, v Vars) error {
	s, ok := d.Settings[setting]
	if !ok {
		return fmt.Errorf("no setting %q; there are: %v", setting, d.SettingNames())
	}
	for name, text := range s.Files {
		content, err := render(d.Name+"/"+setting+"/"+name, text, v)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(v.Dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func start(argv []string, dir string, logs, env []string, attributes *syscall.SysProcAttr) (*Process, error) {
	out, err := os.OpenFile(filepath.Join(dir, output), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	defer func() { _ = out.Close() }()
	// Not bound to a context: the gateway lives until Stop, or until its world ends.
	p := &Process{cmd: command(context.Background(), argv), exited: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	p.cmd.SysProcAttr = attributes
	// What a gateway leaves in the folder for temporary files goes where the world goes.
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	if err := os.Chmod(temp, 0o777|os.ModeSticky); err != nil { // Whoever the gateway runs as.
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	if p.cmd.Env, err = environment(p.cmd, env); err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	p.cmd.Env = append(p.cmd.Env, "TMPDIR="+temp)
	if err := world.Start(p.cmd, world.Launch{}); err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	for _, l := range append([]string{output}, logs...) {
		p.logs = append(p.logs, filepath.Join(dir, l))
	}
	go func() {
		_ = p.cmd.Wait() // How it ended is in ProcessState.
		close(p.exited)
	}()
	return p, nil
}

// Exited is closed when the gateway's process has ended.
func (p *Process) Exited() <-chan struct{} {
	if p == nil {
		return nil
	}
	return p.exited
}

// Dead tells how the gateway's process ended, or "" while it runs.
func (p *Process) Dead() string {
	if p == nil {
		return ""
	}
	select {
	case <-p.exited:
		return p.cmd.ProcessState.String()
	default:
		return ""
	}
}

// Stop ends the gateway: SIGTERM, and SIGKILL for one that does not listen. It returns when the process is gone.
func (p *Process) Stop() {
	if p.machine != nil {
		p.stopAll()
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(stopGrace):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}
