// Package harness is the dictionary of Gatequake: what an experiment is, what can be wrong with a world, what a client saw, and what to make of it.
//
//	Plan ──> Bench (world, links, upstreams, names, firewall, gateway) ──Experiment──> Observations ──Checks──> Verdict
package harness
