package spec

import (
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/runner"
)

// Causes returns a table entry for each registered fault of the cause that a gateway can answer with a 502. A new
// fault is in its suite by itself.
func Causes(c cause.Cause) []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	return entries(
		func(e catalog.Experiment) bool { return e.Cause() == c && e.Fault.Control == nil && !e.Fault.AfterHead },
	)
}

// Cuts returns a table entry for each registered fault that strikes after the head of the answer, whatever its cause.
func Cuts() []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	return entries(
		func(e catalog.Experiment) bool { return e.Block == nil && e.Fault.Control == nil && e.Fault.AfterHead },
	)
}

// Controls returns a table entry for each registered fault that is none, whatever its cause.
func Controls() []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	return entries(func(e catalog.Experiment) bool { return e.Block == nil && e.Fault.Control != nil })
}

// Blocks returns a table entry for each registered block in each state of its upstream.
func Blocks() []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	return entries(func(e catalog.Experiment) bool { return e.Block != nil })
}

// margin is what a spec has beyond the time of its experiment, so that the experiment's own verdict on a time that is
// over comes first.
const margin = 10 * time.Second

// entries makes table entries, labelled with the experiment's ID, its cause, and "cause", "control" or "block".
func entries(wanted func(catalog.Experiment) bool) []ginkgo.TableEntry {
	ginkgo.GinkgoHelper()
	all := []ginkgo.TableEntry{}
	for _, e := range catalog.Experiments() {
		if wanted(e) {
			all = append(all, ginkgo.Entry(e.Title(), labels(e), ginkgo.SpecTimeout(runner.Timeout+margin), e))
		}
	}
	return all
}

func labels(e catalog.Experiment) ginkgo.Labels {
	switch {
	case e.Block != nil:
		return ginkgo.Label(e.ID, "block")
	case e.Fault.Control != nil:
		return ginkgo.Label(e.ID, "control", string(e.Cause()))
	}
	return ginkgo.Label(e.ID, "cause", string(e.Cause()))
}
