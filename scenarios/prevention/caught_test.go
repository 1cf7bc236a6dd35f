package prevention

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/spec"
)

// Claims, by their whole text.
const (
	below = "Optimising the server is worth it: below its capacity there is no 502"
	above = "Optimising the server has an end: above its capacity some fail, each of them with an error that the " +
		"gateway writes, and when they leave it recovers"
	limit = "Optimising the server has its limit where the capacity is: there nobody fails without being told so " +
		"by the gateway"
	spares = "Load balancing with one of 2 members broken spares the clients of the others, when nothing listens " +
		"at the upstream's address"
	hides = "Load balancing hides from who reads that one of two members is broken, where the gateway asks the " +
		"other, when nothing listens at the upstream's address"
	enlarges = "Load balancing makes of what is too much for one upstream what is not for two"
	one      = "Regular maintenance shows when there is one upstream: clients get a 502 while it restarts, or wait " +
		"until it is back, and no longer"
	rolls = "Regular maintenance does not show when three upstreams restart one after another, and the gateway " +
		"asks another one"
	orders = "Regular maintenance makes no order into two while three upstreams restart: what was lost is told as " +
		"lost"
	reload   = "Regular maintenance does not show when the gateway is reloaded under load, again and again"
	monitors = "Monitoring the traffic tells of a spike before clients get a 502 of it, of the 502s while they " +
		"last, and of nothing before and after"
)

// Each gateway is the built-in one but for a mistake.
var _ = Describe("A claim about prevention", Serial, Label("long"), func() {
	spec.Catches(mutants.Fumbles.Gateway, below, "to be served to the last request")
	spec.Catches(mutants.Closes.Gateway, above, "to fail in part, with a whole 502, 503 or 504")
	spec.Catches(mutants.NeverRecovers.Gateway, above, "wait for steady state")
	spec.Catches(mutants.FavoursOne.Gateway, spares, "to be <=")
	spec.Catches(mutants.GivesUp.Gateway, hides, "to be served to the last request")
	spec.Catches(mutants.FavoursOne.Gateway, enlarges, "to be served to the last request")
	spec.Catches(mutants.NeverRecovers.Gateway, one, "wait for steady state")
	spec.Catches(mutants.GivesUp.Gateway, rolls, "to be served to the last request")
	spec.Catches(mutants.ReplaysPost.Gateway, orders, "to be zero-valued")
	spec.Catches(mutants.Blinks.Gateway, reload, "to be served to the last request")
	spec.Catches(mutants.SetInItsWays.Gateway, reload, "the new configuration is in force")
	spec.Catches(mutants.Closes.Gateway, monitors, "to fail in part")
	spec.Catches(mutants.ShedsEarly.Gateway, monitors, "to equal")
	spec.Catches(mutants.Drops.Gateway, limit, "To satisfy at least one of these matchers")
})
