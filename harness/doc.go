// Package harness holds no code: it is the way in. Below it are the packages of Gatequake.
//
// # Words
//
//	gateway        what is tried: an HTTP reverse proxy (RFC 9110, section 3.7), with its real configuration
//	upstream       an origin that the gateway forwards to; the harness plays it
//	client         who asks the gateway; the harness plays that, too
//	bystander      a client of another route, which the fault leaves alone: the blast radius must not reach it
//	world          a sealed network, file system and process space, made for one experiment
//	site           a gateway with all that stands around it: known, the user's own, or one that runs elsewhere
//	kind           whose a gateway's configuration is, and who starts the gateway (gateway.Kind)
//	capability     what only some sites can do: an interface of package site, asked for with site.As
//	fault          one way in which a world can be broken; a control is what looks like one and is none
//	block          a request that the gateway's own configuration refuses
//	state          what the gateway has been through when the fault strikes: warm, cold, pooled, balanced
//	experiment     a fault in a state, or a block with its upstream in one; a row of the matrix
//	remedy         what people do about an error page
//	inject, confirm, rearm, undo
//	               what is done with a fault; confirmed is what was proved without the gateway
//	steady state   the upstream's own answer on every route, before the fault and after it
//	probe          one request of an experiment; an observation is what came of it
//	record         all that was seen of an experiment, and no conclusion
//	policy         what each fault should be answered with
//	check          a promise that a gateway keeps or breaks, whatever the policy
//	verdict        what a record came to: pass, fail, inconclusive, unsupported
//	known deviation
//	               a fail that the gateway's folder lists, with the reason
//	mutant         a gateway that is wrong on purpose; each check catches one
//
// # Packages
//
// An arrow means that the left imports the right, and nothing points back; ci/arch_test.go holds it.
//
//	cmd/gatequake ─> cli ─┬─> runner ─┬─> sites ──> site/lab  site/own  site/remote ──> site
//	                      │           ├─> engine ─> catalog ─> site ──> record
//	                      │           └─> judge ──> check ───> policy ─> record
//	                      ├─> report ─> judge, verdict ──────> record
//	                      └─> survey, diagnose
//	faults, remedies ─────> catalog, site, and the ground
//	loadtest, clientnet ──> site                                (load; a client's network)
//	spec, gotest ─────────> runner, engine, sites               (for tests of other people)
//	the ground ───────────> world link dns firewall upstream client gateway websocket strain stamp
//	                        wording cause proxystatus stats suggest yamldoc foreign interrupt self
//	                        sockets message
//
// # One experiment
//
// gatequake run --only refused, on one gateway:
//
//  1. cli reads the flags, finds the gateways and makes jobs (runner.Job).
//  2. runner.Run starts a world for each, as many as the machine bears; world re-executes the binary as its
//     first process.
//  3. There runner.Execute finds the experiment (catalog.Find) and calls engine.RunIn.
//  4. engine asks the experiment whether it can be made here (catalog, cannot.go: the one place that says so).
//  5. sites.New sets the bench up: site.New lays out the plan, lab.New starts upstreams, names, firewall and
//     the gateway.
//  6. engine goes through its phases (run.go): it waits for the steady state,
//  7. injects the fault (faults/refused.go), which breaks a link; catalog.Fault.Break takes Inject or ByLink,
//     whichever the site can do,
//  8. confirms it by a dial of its own past the gateway,
//  9. sends each method, with the bystander and a blocked client beside it (fault.go),
//  10. confirms again, undoes the fault, waits for the steady state again, and reads the gateway's log.
//  11. Each request goes through site.Bench.Probe, which says who wrote the answer (Kind.Attribute) and what
//     became of the client's connection (connection.go).
//  12. The record.Record crosses to the process outside, and the world ends, with all that is in it.
//  13. judge.Decide holds it against every check of package check, under the policy: that a POST came twice is
//     decided in check/postonce.go, and nowhere else.
//  14. judge.Deviate looks it up in the gateway's list of known deviations; judge.Excuse takes it back if the
//     machine was too late for it.
//  15. report makes the matrix, the page and the files of the verdicts, and cli the exit status.
package harness
