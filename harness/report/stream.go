package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Names of the files in which verdicts stand before there is a report.
const (
	// PartialFile holds those of a run that goes on, one a line below a line that says what run it is. It is gone
	// when the report is there.
	PartialFile = "results.partial.jsonl"
	// KilledFile is what became of the PartialFile of a run that was killed, when the next one began.
	KilledFile = "results.killed.jsonl"
)

// roomPerExperiment is how many bytes of the disk are held for each experiment while a run goes on, and room how many
// for the run: of the 2758 experiments on seven gateways each has 8 KB in the stream, and 20 in the report's files,
// on average. Of those that have more, there are few.
const (
	room              = 1 << 20
	roomPerExperiment = 32 << 10
)

// Stream writes the verdicts of a run down as they come, each in one write: what ends the process, or fills the disk,
// takes none that was written before. Its methods must not be called side by side.
type Stream struct {
	path string
	file *os.File
	room int64 // in bytes, that is held for it and for the report
	err  error
}

// OpenStream begins the stream of the run in dir, which Ready has made, and holds room on the disk for it and for the
// report. It fails, and leaves nothing, if there is none, or while another run streams to dir. What a run that was
// killed has left there is kept, as KilledFile, and killed is true.
func OpenStream(dir string, r Run) (s *Stream, killed bool, err error) {
	path := filepath.Join(dir, PartialFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, false, fmt.Errorf("begin to stream: %w", err)
	}
	if err := lock(f); err != nil {
		_ = f.Close()
		return nil, false, fmt.Errorf("begin to stream: %s: %w", path, err)
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		if err := os.Rename(path, filepath.Join(dir, KilledFile)); err != nil {
			_ = f.Close()
			return nil, false, fmt.Errorf("keep what a killed run has left: %w", err)
		}
		_ = f.Close()
		s, _, err := OpenStream(dir, r)
		return s, true, err
	}
	s = &Stream{path: path, file: f}
	if err := s.begin(r); err != nil {
		_ = os.Remove(path)
		_ = f.Close()
		return nil, false, err
	}
	return s, false, nil
}

// lock makes the file the caller's own for as long as it is open. The kernel unlocks it when the process ends, for
// whatever reason.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errors.New("another run is writing to it; wait for its end")
	}
	return nil // Some file systems of networks cannot lock: then nobody is kept away.
}

// begin holds the room and writes the first line.
func (s *Stream) begin(r Run) error {
	s.room = int64(room + r.Planned*roomPerExperiment)
	if err := reserve(s.file, s.room); err != nil {
		return fmt.Errorf("hold %d MiB for the report: %w; make room", s.room>>20, err)
	}
	r.Interrupted, r.Verdicts = true, nil // Until the report says otherwise.
	s.write(resultsOf(r))
	return s.err
}

// Add writes the verdict down, in the folder's file even if somebody has removed that meanwhile. Its first error is
// that of every later call: nothing is written behind a line that is cut.
func (s *Stream) Add(v verdict.Verdict) error {
	s.write(experimentOf(v))
	if s.err == nil && !s.stands() {
		_ = s.restore() // If it cannot be now, nothing is lost as long as the file is open; Close tries again.
	}
	return s.err
}

func (s *Stream) write(value any) {
	if s.err != nil {
		return
	}
	line, err := json.Marshal(value)
	if err == nil {
		_, err = s.file.Write(append(foreign.JSON(line), '\n'))
	}
	if err != nil {
		s.err = fmt.Errorf("stream results: %w", err)
		return
	}
}

// stands reports whether the open file is the one that others see at its path.
func (s *Stream) stands() bool {
	mine, err := s.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(s.path)
	return err == nil && os.SameFile(mine, there)
}

// restore puts what was written back at the path, in a folder that is made anew if need be, and goes on there.
func (s *Stream) restore() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return fmt.Errorf("make report folder again: %w", err)
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644) // What is another run's is left alone.
	if err != nil {
		return fmt.Errorf("stream results again: %w", err)
	}
	if err := s.copyTo(f); err != nil {
		return errors.Join(err, os.Remove(s.path), f.Close())
	}
	_ = s.file.Close()
	s.file = f
	return nil
}

// copyTo writes all that was written to f, and holds f and its room as the present file's are held.
func (s *Stream) copyTo(f *os.File) error {
	if err := lock(f); err != nil {
		return fmt.Errorf("stream results again: %w", err)
	}
	info, err := s.file.Stat()
	if err == nil {
		_, err = io.Copy(f, io.NewSectionReader(s.file, 0, info.Size()))
	}
	if err == nil && s.room > 0 {
		err = reserve(f, s.room)
	}
	if err != nil {
		return fmt.Errorf("stream results again: %w", err)
	}
	return nil
}

// Release gives the room back that the report needs; a later Add may find none.
func (s *Stream) Release() {
	s.room = 0
	if info, err := s.file.Stat(); err == nil {
		_ = s.file.Truncate(info.Size()) // What is held lies behind the end.
	}
}

// Keep ends the stream and returns the path of its file, for Read: in the run's folder, or if nothing can be written
// there any more, in the system's for what is temporary.
func (s *Stream) Keep() (path string, err error) {
	defer func() { err = errors.Join(err, s.file.Close()) }()
	if s.stands() {
		return s.path, nil
	}
	if err := s.restore(); err == nil {
		return s.path, nil
	}
	f, err := os.CreateTemp("", "gatequake-results-*.jsonl")
	if err != nil {
		return "", fmt.Errorf("keep what was streamed: %w", err)
	}
	if err := s.copyTo(f); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()), f.Close())
	}
	return f.Name(), f.Close()
}

// Close ends the stream and removes its file, because the report has all of it.
func (s *Stream) Close() error {
	var err error
	if s.stands() {
		err = os.Remove(s.path)
	}
	if err = errors.Join(err, s.file.Close()); err != nil {
		return fmt.Errorf("remove what was streamed: %w", err)
	}
	return nil
}
