package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/diagnose"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/message"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/wording"
)

// symptoms are what `gatequake diagnose` is told.
type symptoms struct {
	status       int
	took         time.Duration
	headers      []string
	body, log    string
	har, url     string
	hung, closed bool
	within       time.Duration
	statusSet    bool
	in           io.Reader
}

// maxPage bounds what is read of a page or a HAR file: the page of an error is some KB, a recording of a long visit
// some tens of MB.
const (
	maxPage = 1 << 20
	maxHAR  = 256 << 20
)

func (a *app) diagnose() *cobra.Command {
	s := symptoms{}
	c := &cobra.Command{
		Use:   "diagnose",
		Short: "Say what an error answer or a log line means, and its causes",
		Long: "Looks a line of the gateway's log up among the messages that gateways are known to write. Without one, " +
			"it compares the answer with the signatures of the committed matrix: what real gateways answered when each " +
			"cause was made on purpose.\n" +
			"Give what the client saw as flags, or a HAR file as browsers export it, or a loopback URL to ask once; or a " +
			"line of the log alone.",
		Example: "  gatequake diagnose --status 502 --time 30s --header 'Server: nginx'\n" +
			"  gatequake diagnose --status 502 --log 'upstream prematurely closed connection while reading upstream'\n" +
			"  gatequake diagnose --log '1024 worker_connections are not enough while connecting to upstream'",
		Args: nothing("argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			s.statusSet, s.in = c.Flags().Changed("status"), c.InOrStdin()
			if !c.Flags().Changed("time") {
				s.took = -1
			}
			return a.runDiagnose(c.Context(), s)
		},
	}
	f := c.Flags()
	f.IntVar(&s.status, "status", 0, "the status `CODE` that the client got")
	f.BoolVar(&s.hung, "hung", false, "no answer came: the client gave up waiting")
	f.BoolVar(&s.closed, "closed", false, "no answer came: the connection was closed")
	f.DurationVar(&s.took, "time", 0, "how long the client waited for the answer")
	f.StringArrayVar(&s.headers, "header", nil, "a field of the answer, as `NAME: VALUE`; may be given again")
	f.StringVar(&s.body, "body", "", "`FILE` with the page; - for standard input")
	f.StringVar(&s.log, "log", "", "a `LINE` of the gateway's log about the request")
	f.StringVar(&s.har, "har", "", "`FILE` in HTTP Archive format: every answer of 400 and above in it is diagnosed")
	f.StringVar(&s.url, "url", "", "http `URL` of this machine to ask once")
	f.DurationVar(&s.within, "within", time.Minute, "how long to wait for the answer of --url")
	return c
}

func (a *app) runDiagnose(ctx context.Context, s symptoms) error {
	answers, err := answers(ctx, s)
	if err != nil {
		return err
	}
	cells, err := committed()
	if err != nil {
		return unclear(err)
	}
	messages, err := message.Read(fixtures.Gateways())
	if err != nil {
		return unclear(err)
	}
	known := diagnose.New(cells, messages)
	for i, one := range answers {
		if i > 0 {
			_, _ = fmt.Fprintln(a.out)
		}
		one.Log = cmp.Or(one.Log, s.log)
		if _, err := io.WriteString(a.out, diagnosis(one, known.Diagnose(one.Sign))); err != nil {
			return unclear(err)
		}
	}
	return nil
}

// answer is one to diagnose; what names it where there are several.
type answer struct {
	what string
	diagnose.Sign
}

func answers(ctx context.Context, s symptoms) ([]answer, error) {
	ways := 0
	for _, given := range []bool{s.statusSet, s.hung, s.closed, s.har != "", s.url != ""} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0 && strings.TrimSpace(s.log) != "":
		return []answer{{Sign: diagnose.Sign{Took: -1}}}, nil
	case ways != 1:
		return nil, usage("diagnose: got %d of --status, --hung, --closed, --har and --url, want one of them, or --log "+
			"alone", ways)
	case s.har != "":
		return recorded(s.har)
	case s.url != "":
		return ask(ctx, s.url, s.within)
	case s.hung:
		return []answer{{Sign: diagnose.Sign{End: client.TimedOut, Took: max(s.took, s.within)}}}, nil
	case s.closed:
		return []answer{{Sign: diagnose.Sign{End: client.Closed, Took: s.took}}}, nil
	case s.status < 100 || s.status > 999:
		return nil, usage("--status: got %d, want a code of three digits", s.status)
	}
	header := http.Header{}
	for _, h := range s.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, usage("--header: got %q, want NAME: VALUE", h)
		}
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	page, err := page(s.body, s.in)
	if err != nil {
		return nil, err
	}
	return []answer{{Sign: sign(s.status, client.Complete, s.took, header, page)}}, nil
}

func page(file string, in io.Reader) ([]byte, error) {
	switch file {
	case "":
		return nil, nil
	case "-":
		return io.ReadAll(io.LimitReader(in, maxPage))
	}
	f, err := foreign.Open(file)
	if err != nil {
		return nil, usage("--body: %s: %s; want the file with the page", file, reason(err, ""))
	}
	defer func() { _ = f.Close() }()
	page, err := io.ReadAll(io.LimitReader(f, maxPage))
	if err != nil {
		return nil, usage("--body: %s: %s; want the file with the page", file, reason(err, ""))
	}
	return page, nil
}

func sign(status int, end client.End, took time.Duration, header http.Header, page []byte) diagnose.Sign {
	says, _ := wording.Classify(status, header, page)
	return diagnose.Sign{Status: status, End: end, Took: took, Page: says, Server: header.Get("Server")}
}

// ask sends one GET to a URL of this machine.
func ask(ctx context.Context, to string, within time.Duration) ([]answer, error) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return nil, usage("--url: got %q, want http://HOST:PORT/PATH", to)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil, usage("--url: got %q: %w", to, err)
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", cmp.Or(u.Port(), "http"))
	if err != nil {
		return nil, usage("--url: got %q: %w", to, err)
	}
	at := netip.AddrPortFrom(ips[0].Unmap(), uint16(port))
	if !at.Addr().IsLoopback() {
		return nil, usage(
			"--url: got %q at %s, want an address of this machine: Gatequake asks nobody else; record a HAR file instead",
			to,
			at.Addr(),
		)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r := client.Once(
		ctx,
		at,
		netip.Addr{},
		client.Request{Method: http.MethodGet, Target: u.RequestURI(), Host: u.Host},
	)
	return []answer{{what: "GET " + to, Sign: sign(r.Status, r.End, r.Took, r.Header, r.Body)}}, nil
}

// likelihoods below this are not shown: they are noise of signatures that are like nothing.
const leastShare = 0.05

// diagnosis is what an on-call engineer reads.
func diagnosis(a answer, d diagnose.Diagnosis) string {
	var b strings.Builder
	if a.what != "" {
		fmt.Fprintf(&b, "%s\n", report.Safe(a.what))
	}
	if d.Message != nil {
		b.WriteString(meaning(a, *d.Message))
	} else {
		b.WriteString(likeliest(a, d))
	}
	if d.Known() && len(d.Likely) > 0 && len(d.Likely[0].Experiments) > 0 {
		fmt.Fprintf(&b, "To see what a cause is: gatequake explain %s\n", d.Likely[0].Experiments[0])
	}
	return b.String()
}

// sides say whose doing something was.
var sides = map[message.Side]string{
	message.Client:   "the client's doing, not the upstream's",
	message.Gateway:  "the gateway's own limits, rules or configuration; the upstream may be well",
	message.Between:  "the network or the names between the gateway and the upstream",
	message.Upstream: "the upstream's doing",
	message.Start:    "the gateway's configuration, or its machine: it did not start",
}

// meaning says what a line of a log is known to mean.
func meaning(a answer, m message.Message) string {
	var b strings.Builder
	if a.End != "" {
		fmt.Fprintf(&b, "%s.\n", seen(a.Sign))
	}
	fmt.Fprintf(&b, "%s writes this line when %s.\n", m.As, m.Means)
	say := func(word, s string) {
		if s != "" {
			fmt.Fprintf(&b, "  %-11s %s\n", word, s)
		}
	}
	say("whose", sides[m.Side])
	say("RFC 9209", string(m.Type))
	say("decided by", m.Directive)
	say("what to do", m.Advice)
	say("see", m.Link)
	return b.String()
}

// likeliest lists what the signatures say.
func likeliest(a answer, d diagnose.Diagnosis) string {
	var b strings.Builder
	what := "The line"
	if a.End != "" {
		what = seen(a.Sign)
	}
	unknown := "not a cause that we know"
	switch {
	case a.End == "" && !d.Known():
		return "The line: not a cause that we know. What the client saw (--status, --time, --body) tells more.\n"
	case a.Log != "":
		unknown += ", and the line is no message that we know"
	}
	switch {
	case len(d.Likely) == 0:
		fmt.Fprintf(&b, "%s: %s: nothing in the matrix is like it.\n", what, unknown)
	case !d.Known() && d.Blocked < clear:
		fmt.Fprintf(&b, "%s: %s%s.\nThe nearest that were seen, wrong more often than right:\n", what,
			unknown, author(a.Sign, d.Gateway))
	default:
		fmt.Fprintf(&b, "%s: %s%s.\nLikely causes:\n", what, kind(d.Blocked), author(a.Sign, d.Gateway))
	}
	for _, g := range d.Likely {
		if g.Share >= leastShare {
			fmt.Fprintf(&b, "  %3.0f %%  %-34s as in %s\n", 100*g.Share,
				cmp.Or(string(g.Type), "the upstream's own answer"), strings.Join(g.Experiments, ", "))
		}
	}
	if a.Log == "" && d.Blocked < clear && len(d.Likely) > 0 {
		b.WriteString("The gateway's log line about the request (--log) tells more.\n")
	}
	return b.String()
}

// clear is the share from which on one of two is said to be so.
const clear = 0.8

func kind(blocked float64) string {
	switch {
	case blocked >= clear:
		return fmt.Sprintf("blocked (%.0f %%)", 100*blocked)
	case blocked <= 1-clear:
		return fmt.Sprintf("a bad gateway (%.0f %%)", 100*(1-blocked))
	}
	return fmt.Sprintf("either blocked (%.0f %%) or a bad gateway (%.0f %%)", 100*blocked, 100*(1-blocked))
}

func author(s diagnose.Sign, gateway float64) string {
	switch {
	case s.Status == 0:
		return ""
	case gateway >= 1-gateway:
		return fmt.Sprintf(", written by the gateway (%.0f %%)", 100*gateway)
	}
	return fmt.Sprintf(", written by the upstream (%.0f %%)", 100*(1-gateway))
}

// seen puts an answer into words.
func seen(s diagnose.Sign) string {
	after := ""
	if s.Took >= 0 {
		after = " after " + s.Took.Round(time.Millisecond).String()
	}
	if s.Status == 0 {
		return fmt.Sprintf("No answer (%s)%s", s.End, after)
	}
	page := ""
	switch s.Page {
	case wording.Denied:
		page = ", with a page that says denied"
	case wording.BadGateway:
		page = ", with a page that speaks of a bad gateway"
	}
	return fmt.Sprintf("%d%s%s", s.Status, after, page)
}
