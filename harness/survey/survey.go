// Package survey finds out what a gateway of the user's own is: where it listens, what it looks up and dials,
// and what its answers are, while nothing is broken.
//
//	command ──> machine in a world in which every name has an address and every address answers ──> gateway.Own
//
// It reads the words of the configuration for what to ask for, and knows no gateway's language: a word that leads
// nowhere costs one request.
package survey

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Found is what a survey found out.
type Found struct {
	// Own is the gateway, ready to be tried.
	Own gateway.Own `json:"own"`
	// Names are those that were looked up.
	Names []Name `json:"names"`
	// Unsolicited is who was dialled with no request of a client's: at start, or to see whether he is well.
	Unsolicited []Unsolicited `json:"alone"`
	// MissingFiles are the files that its configuration or its command names, and that were opened and not there.
	MissingFiles []string `json:"absent"`
	// MissingScripts are files of which its log says that they are not there, and for which it would else ask an upstream.
	MissingScripts []string `json:"absent_scripts,omitempty"`
	// StandIns are what it does not start without, and that the survey put in its place.
	StandIns []StandIn `json:"stand_ins"`
	// Answers are the listeners' own: what is answered without any upstream.
	Answers []Answer `json:"answers"`
	// Unreached is what no probe reached, and what looks like an upstream and was not dialled.
	Unreached []Unreached `json:"unreached"`
	// Warnings are what a reader should know before relying on the rest.
	Warnings []string `json:"warnings"`
	// Log is the end of what the gateway said.
	Log []string `json:"log"`
	// StartMS is how long the gateway took until it listened, TookMS the whole survey, in milliseconds.
	StartMS float64 `json:"start_ms"`
	TookMS  float64 `json:"took_ms"`
	// Background is true when the command ended and left its gateway running.
	Background bool `json:"background"`
}

// Name is a name that was looked up.
type Name struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
	When  string   `json:"when"`
	// Asked are the nameservers that were asked: addresses, or resolv.conf for whom the system says.
	Asked []string `json:"asked"`

	first time.Time
}

// Answer is what a listener answered by itself.
type Answer struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	Says   string `json:"says"` // what it wants instead, such as the Location of a redirect

	port  uint16
	alike string // what it says, whatever the host
}

// survey is a survey that is being made.
type survey struct {
	world     *world.World
	machine   *world.Machine
	loopback  *firewall.Loopback
	authority *upstream.Authority
	names     *dns.Server
	catchAll  *upstream.CatchAll
	dials     *dials
	process   *gateway.Process
	missing   *gateway.MissingFiles
	printed   int64    // what earlier starts of it had printed
	pair      []byte   // the certificate and the key that stand in for all
	made      []string // folders of stand-ins that were not there
	words     words
	sockets   []*upstream.CatchAll
	closers   []func()
	kept      []candidateProbe
	outcomes  []outcome
	tell      func(string) // see doing
	told      time.Time
	looksLike []string                 // see mentioned
	sent      map[string][]sentRequest // by what was asked for; see sentRequest
	lockedOut []attempt
	roots     map[netip.AddrPort]question // that listeners answered
	silent    map[silence]bool
	both      map[netip.AddrPort]bool // whether who speaks plain text speaks TLS, too
	special   []attempt               // that may be for WebSockets or calls of gRPC
	serial    int
	begin     time.Time
	started   time.Time // when the gateway was started last
	ready     time.Time // when all listeners were there
	asking    time.Time // when the first request was sent to a listener that asks an upstream
	served    time.Time // when the first probe had its answer
	own       gateway.Own
	found     Found

	mu        sync.Mutex // guards what follows, serial, and the Server of own
	broken    map[upstreamKey][]span
	breaking  bool          // upstreams are broken in turn
	byAddress bool          // who serves a client depends on his address
	spread    bool          // each client has an address of its own
	pause     time.Duration // before each request, for a limit of all clients together
	waited    time.Duration // for that limit so far
	assigned  map[string]netip.Addr
	next      netip.Addr
}

// Run surveys the gateway that o names, in w, which must be sealed. Only o's Name, Command, Dir, Env, Patience and
// Trust count. The error is of a gateway that cannot be tried, and says why.
func Run(ctx context.Context, w *world.World, o gateway.Own) (Found, error) {
	return RunTelling(ctx, w, o, nil)
}

// run makes the survey, one step after the other.
func run(ctx context.Context, s *survey) (Found, error) {
	defer s.close()
	for _, step := range []func(context.Context) error{
		s.prepare, s.answerAll, s.startUp, s.addSockets, s.ask, s.findPassing, s.findRoles, s.lookAgain,
		s.conclude,
	} {
		if err := step(ctx); err != nil {
			return s.found, err
		}
	}
	s.found.TookMS = float64(time.Since(s.begin).Milliseconds())
	return s.found, nil
}

func (s *survey) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}

func (s *survey) warn(format string, args ...any) {
	s.found.Warnings = append(s.found.Warnings, fmt.Sprintf(format, args...))
}

// prepare makes the gateway's surroundings.
func (s *survey) prepare(context.Context) (err error) {
	s.words = readWords(s.own.Command, s.own.Dir, s.own.Env, mostWords)
	s.own.NamesKept = namesKept(s.words.text)
	s.warnEnvironment()
	if s.words.cut != "" {
		s.warn("the search for words in the configuration was cut short %s: what stands further on was not asked for",
			s.words.cut)
	}
	for _, file := range s.words.large {
		s.warn("%s was not read: it is larger than %d MiB", file, foreign.MostWritten>>20)
	}
	if s.authority, err = upstream.NewAuthority(); err != nil {
		return err
	}
	s.own.Trust = append(s.own.Trust, s.words.authorities...)
	var readOnly []string
	if s.machine, s.loopback, readOnly, err = Surround(s.world, &s.own, s.authority.PEM()); err != nil {
		return err
	}
	if len(readOnly) > 0 {
		s.warn("%s", ReadOnlyHere(readOnly))
	}
	return nil
}

// ReadOnlyHere is the warning about folders that the world can only show as they are.
func ReadOnlyHere(folders []string) string {
	return fmt.Sprintf("the gateway can read %s, and not write there: this machine's file system cannot be covered "+
		"(see overlayfs); let it write elsewhere, or copy the folder", strings.Join(folders, ", "))
}

// Surround makes the machine that an own gateway runs on, and lets it ask the world's nameserver and trust the
// world's authority. It returns the folders in which the gateway cannot write.
func Surround(w *world.World, o *gateway.Own, authority []byte) (*world.Machine, *firewall.Loopback, []string, error) {
	hosts, _ := os.ReadFile("/etc/hosts")
	m, err := w.NewMachine(gateway.Door, gateway.LoopbackDoor, gateway.Door6, gateway.LoopbackDoor6)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := w.Names(gateway.Nameserver.Addr().String(), ""); err != nil {
		return nil, nil, nil, err
	}
	// The file is the world's, mounted over the system's. What it says of other hosts stays; of the loopback's
	// two addresses, the one whose packets can be led out.
	if err := os.WriteFile("/etc/hosts", []byte(hostsOf(string(hosts))), 0o644); err != nil {
		return nil, nil, nil, err
	}
	if err := w.TrustAlso(authority, o.Trust...); err != nil {
		return nil, nil, nil, err
	}
	l, err := firewall.InstallDetours(m.Network(), firewall.Detours{
		Wire: "world", Nameservers: gateway.LoopbackNameservers, Nameserver6: gateway.LoopbackNameserver6,
		Neighbours: gateway.Neighbours, Neighbour6: gateway.Neighbour6, Listener: gateway.LoopbackDoor,
		Listener6: gateway.LoopbackDoor6,
	})
	return m, l, w.ReadOnlyFolders(), err
}

func hostsOf(text string) string {
	all := "127.0.0.1 localhost\n"
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 1 && !strings.HasPrefix(f[0], "#") && f[0] != "::1" &&
			!strings.Contains(line, "localhost") {
			all += strings.TrimRight(line, "\n") + "\n"
		}
	}
	return all
}

// answerAll lets every name have an address, and every address answer.
func (s *survey) answerAll(ctx context.Context) (err error) {
	if s.names, err = dns.Start(":53"); err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = s.names.Close() })
	s.names.Otherwise(s.address)
	l, err := transparent.Listen(ctx, "tcp", "[::]:0")
	if err != nil {
		return fmt.Errorf("listen at every address: %w", err)
	}
	s.catchAll = upstream.StartCatchAll(l, s.authority, s.nameOf)
	s.closers = append(s.closers, func() { _ = s.catchAll.Close() })
	if s.dials, err = hearDials(s.machine.Wire()); err != nil {
		return err
	}
	s.closers = append(s.closers, s.dials.close)
	return firewall.CatchAll(s.machine.Wire(), uint16(l.Addr().(*net.TCPAddr).Port))
}

// address is what a name has: one of its own, so that a connection tells which name was meant.
func (s *survey) address(name string) netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.assigned[name]; !ok {
		s.next = s.next.Next()
		s.assigned[name] = s.next
	}
	return s.assigned[name]
}

// nameOf is the name that has the address, or "".
func (s *survey) nameOf(a netip.Addr) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, has := range s.assigned {
		if has == a {
			return name
		}
	}
	return ""
}
