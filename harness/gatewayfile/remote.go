package gatewayfile

import (
	"slices"

	"github.com/gatequake/gatequake/harness/gateway"
)

// ParseRemote reads what a file says of a gateway that runs already: its name, patience, probes and blocks. How it is
// started and where it listens is not asked for, and nothing is made of it; of the upstreams those count that are
// links of o. The error is one line that begins with file:line:column.
func ParseRemote(name string, text []byte, o gateway.Own) (gateway.Own, error) {
	f, err := readOwnFile(name, text)
	if err != nil {
		return f.Own, err
	}
	f.Elsewhere = o.Elsewhere
	if f.Name == "" {
		f.Name = o.Name
	}
	for _, check := range []func() error{f.checkHead, f.checkUpstreams, f.checkProbes, f.checkBlocks} {
		if err := check(); err != nil {
			return f.Own, err
		}
	}
	f.Upstreams = o.Upstreams
	for i := range f.Probes {
		p := &f.Probes[i]
		p.Upstreams = slices.DeleteFunc(
			p.Upstreams,
			func(name string) bool { return !slices.Contains(f.linked(), name) },
		)
	}
	return f.Own, nil
}

// linked lists the names of the links that a gateway has that runs elsewhere.
func (f *ownFile) linked() []string {
	names := []string{}
	if f.Kind() == gateway.KindElsewhere {
		for _, l := range f.Elsewhere.Links {
			names = append(names, l.Name)
		}
	}
	return names
}
