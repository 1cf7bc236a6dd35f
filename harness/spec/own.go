package spec

import (
	"slices"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/runner"
)

// Own is a gateway of the user's own: a command and a configuration, tried in worlds in which its upstreams are where
// it dials them. See Gateway.
type Own struct {
	own gateway.Own
	err error // of reading it; every spec tells it
}

// Gateway reads the file that describes a gateway of the user's own; gatequake survey writes such files. The gateway
// is started in the folder dir, to which the file's path and those in it are relative. Call it while Ginkgo builds
// its tree, for a package variable, say: what is wrong with the file fails the specs.
func Gateway(dir, file string) Own {
	own, err := gatewayfile.Read(dir, file)
	return Own{own, err}
}

// In is like the function In, on the user's own gateway. The setting is PROBE/UPSTREAM, as in reports: Get asks for
// the probe, and faults strike the upstream, while all others are well. It skips the spec on a machine that has no
// namespaces.
func (o Own) In(
	setting string,
	body func(ginkgo.SpecContext, *Bench),
	prepared ...*catalog.Fault,
) func(ginkgo.SpecContext) {
	return Layout{Faults: prepared}.in(func() (subject, error) { return o.subject(setting) }, body)
}

// Holds makes the body of a table whose entries are those of Experiments: it is like the function Holds, on the
// user's own gateway.
func (o Own) Holds(setting string) func(ginkgo.SpecContext, any) {
	return func(ctx ginkgo.SpecContext, what any) {
		s, err := o.subject(setting)
		gomega.Expect(err).NotTo(gomega.HaveOccurred())
		e, known := what.(catalog.Experiment)
		if !known {
			e, err = experiment(what)
			gomega.Expect(err).NotTo(gomega.HaveOccurred())
		}
		holds(ctx, e, s)
	}
}

// Experiments returns a table entry for each fault and each block of its file that the gateway can be tried with in
// the setting; of the experiments with certain IDs alone if any are given.
func (o Own) Experiments(setting string, ids ...string) []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	if o.err != nil {
		return []ginkgo.TableEntry{ginkgo.Entry("it can be read", o.err)}
	}
	experiments := catalog.OwnExperiments()
	for _, b := range catalog.OwnBlocks(&o.own) {
		if b.Setting == setting {
			experiments = append(experiments, b.Experiment)
		}
	}
	all := []ginkgo.TableEntry{}
	for _, e := range experiments {
		if len(ids) == 0 || slices.Contains(ids, e.ID) {
			all = append(all, ginkgo.Entry(e.Title(), labels(e), ginkgo.SpecTimeout(runner.Timeout+margin), e))
		}
	}
	return all
}

func (o Own) subject(setting string) (subject, error) {
	if o.err != nil {
		return subject{}, o.err
	}
	if _, err := o.own.Target(setting); err != nil {
		return subject{}, err
	}
	return subject{Gateway: o.own.Definition(), Setting: setting}, nil
}
