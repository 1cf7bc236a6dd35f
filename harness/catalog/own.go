package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// OwnBlock is a block of a gateway of the user's own, with the setting that it is tried in: the probe that is most
// like it must get through.
type OwnBlock struct {
	Experiment
	Setting string
}

// OwnBlocks lists the experiments of the blocks: each with its upstream healthy, and, as those of the catalogue, not.
// No fault of those strikes a Unix socket.
func OwnBlocks(o *gateway.Own) []OwnBlock {
	ready()
	all := []OwnBlock{}
	for _, b := range o.Blocks {
		like, most := gateway.Target{}, -1
		for _, t := range o.Targets() {
			if n := likeness(b.URL, t.Probe.URL); n > most {
				like, most = t, n
			}
		}
		if most < 0 {
			continue
		}
		block := blockOf(b, o.Kind())
		all = append(all, OwnBlock{Experiment{ID: b.Name, Block: spoofed(block, b, like.Probe)}, like.Name()})
		for _, state := range blockStates {
			if f := faultOf(state); f != nil && like.Upstream.Socket == "" {
				all = append(all, OwnBlock{Experiment{ID: b.Name + "+" + state, Block: block, Fault: f}, like.Name()})
			}
		}
	}
	return all
}

// likeness is how much two URLs have in common: the host first, then the length of the second's path if the first's
// begins with it.
func likeness(a, b string) int {
	first, err := url.Parse(a)
	second, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return 0
	}
	n := 0
	if first.Host == second.Host && first.Scheme == second.Scheme {
		const above = 1 << 12 // any path
		n += above
	}
	if strings.HasPrefix(first.Path, second.Path) {
		n += len(second.Path)
	}
	return n
}

// blockOf makes a block of one that a file names. Without a method of its own it is one of every method: a GET must be
// refused and a POST, but none is sent to a gateway that runs elsewhere, whose upstreams are the user's.
func blockOf(b gateway.Block, kind gateway.Kind) *Block {
	p := b.Probe()
	as := strings.TrimPrefix(fmt.Sprintf("%s, from %s", b.URL, b.From), "http://")
	if b.From == "" {
		as = strings.TrimPrefix(b.URL, "http://")
	}
	ask := site.Ask{As: as, Method: b.Method, Described: &p}
	if kind == gateway.KindElsewhere {
		ask.Method = cmp.Or(b.Method, http.MethodGet)
	}
	block := &Block{
		ID: b.Name, Title: strings.Join(ask.Methods(), " or ") + " " + as,
		What:    "A request that the gateway's own configuration refuses.",
		Refused: []site.Ask{ask},
		LetIn:   []site.Ask{{As: "the probe most like it"}},
	}
	if b.Expect != policy.Refusal.Statuses[0] {
		block.Control = &record.Expectation{Statuses: []int{b.Expect}, By: record.ByGateway}
	}
	return block
}

// claims are the fields in which a client says for whom it speaks.
var claims = []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"}

// allowed is an address for a client to claim that nobody denies by its number: it is for documentation (RFC 5737).
const allowed = "203.0.113.10"

// spoofed is the block of an address with those besides who claim another: who is refused stays so, and who is let in
// is not refused for his claim. The gateway was not told to trust them. A block that goes by such a field itself is
// left as it is.
func spoofed(block *Block, b gateway.Block, like gateway.Probe) *Block {
	fields := slices.AppendSeq(slices.Collect(maps.Keys(b.Headers)), maps.Keys(like.Headers))
	byClaim := slices.ContainsFunc(fields, func(name string) bool {
		return slices.ContainsFunc(claims, func(c string) bool { return strings.EqualFold(c, name) })
	})
	if b.From == "" || byClaim {
		return block
	}
	both := *block
	refused := block.Refused[0]
	other := allowed
	if a := like.Client(0); a.IsValid() {
		other = a.String()
	}
	refused.As, refused.Header = refused.As+", claiming another", claiming(other)
	both.Refused = append(slices.Clone(block.Refused), refused)
	innocent := site.Ask{As: "the probe most like it, claiming the refused address", Header: claiming(b.From)}
	both.LetIn = append(slices.Clone(block.LetIn), innocent)
	return &both
}

// claiming is what a client sends who says that he speaks for the address.
func claiming(a string) []client.Field {
	forwarded := a
	if strings.Contains(a, ":") {
		forwarded = `"[` + a + `]"` // RFC 7239, section 6.
	}
	return []client.Field{
		{Name: claims[0], Value: a}, {Name: claims[1], Value: a}, {Name: claims[2], Value: "for=" + forwarded},
	}
}

// FindFor returns the experiment with the ID on the gateway: one of those that Find knows, or one of the gateway's
// own blocks.
func FindFor(d *gateway.Definition, id string) (Experiment, error) {
	if d.Kind() != gateway.KindKnown {
		for _, b := range OwnBlocks(d.Own) {
			if b.ID == id {
				return b.Experiment, nil
			}
		}
	}
	return Find(id)
}

// OwnExperiments lists those that a gateway of the user's own is tried with: every fault, in every state of the
// gateway. Over which protocol clients come is for its listeners to say.
func OwnExperiments() []Experiment {
	return slices.DeleteFunc(
		Experiments(),
		func(e Experiment) bool { return e.Block != nil || e.Protocol != e.Fault.Route.Protocol() },
	)
}

// TriedIn reports whether the experiment is one for the target at all: one on a pool is for those that serve, where
// there is one.
func (e Experiment) TriedIn(t gateway.Target) bool {
	return e.State != site.Balanced || len(t.Pool()) > 0 && t.Role() == gateway.Serves
}
