# Gatequake. `make help` lists the verbs; CI calls these and nothing else.

GO ?= go
# More flags for gatequake or go test: make run ARGS='--gateway nginx --only refused', make test ARGS='-run Merge'.
ARGS ?=
# Ginkgo runs the suites' experiments side by side: they wait more than they work. What is labelled long is behind a target of its own. Everything else is plain
# go test, four packages and eight of their parallel tests at a time for the same reason.
GINKGO := $(GO) tool ginkgo -p --procs=16 --randomize-all --fail-on-pending --fail-on-empty --silence-skips --label-filter='!long'
# Fewer, beside go test.
SIDE := $(subst --procs=16,--procs=8,$(GINKGO))
OTHERS = $$($(GO) list ./... | grep -v /scenarios/)
LINT := $(GO) tool -modfile=ci/tools/go.mod golangci-lint

# What everything is built of, and what every table says that it was made with. The tables themselves, and other prose, do not make it another.
COMMIT := $(shell c=$$(git rev-parse --short HEAD 2>/dev/null) && \
	{ git diff --quiet HEAD -- . ':!*.md' ':!fixtures/gateways/RESULTS.json' || c=$$c-dirty; echo $$c; })

.DEFAULT_GOAL := help
.PHONY: kills fixes help gateways browser build run test goroutines asroot race raced-suites raced-others few-suites few-others check fuzz bench mutants docs matrix balance remedies recovery prevention soak

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

browser: ## install Chromium and axe-core, for the tests of the HTML report
	@ci/browser

build: ## build bin/gatequake
	@$(GO) build -ldflags '-X github.com/gatequake/gatequake/harness/cli.commit=$(COMMIT)' -o bin/gatequake ./harness/cmd/gatequake

run: build ## the main job: every experiment on every gateway that is found, ending with the matrix
	@bin/gatequake run $(ARGS)

gateways: ## install the gateways that Gatequake knows, from package registries (ARGS='nginx haproxy' for some)
	@ci/gateways $(ARGS)

# Prevention has the machine for itself, because it measures loads. The other suites mostly wait: they run beside go
# test, whose lines are held back until they end, so that the last lines are go test's own.
test: ## every test; the scenarios run on the built-in gateway
	@$(GINKGO) ./scenarios/prevention
	@status=$$(mktemp) && trap 'rm -f "$$status"' EXIT && \
	{ $(GO) test -p 4 -parallel 8 -count=1 $(OTHERS) $(ARGS); echo $$? >"$$status"; } | \
	{ $(SIDE) --skip-package=prevention ./scenarios/...; suites=$$?; cat; exit $$suites; } && exit "$$(cat "$$status")"

# But for the loads: they measure what the machine can bear, and under the detector that is another machine; and for what runs a binary that has no detector in it, or
# reads files in one goroutine, for minutes. make test tries all of that.
UNRACED := TestBlind|TestLogsAreNotLaterThanStated|TestElsewhereCatches|TestFixes|TestRoles|TestStandIns|TestClaimsHaveSpecs|TestDocs|TestReadmeCommands|TestSummaryIsBounded|TestTypesHoldOnDarwin|TestBadResultsAreOneLineAndStatus64|TestHostileResultsAreShownHarmless|TestListAndExplainKnowEverything
# Every night. For each change: goroutines.
race: ## nearly every test under the race detector (needs a C compiler)
	@$(MAKE) -s -j2 --output-sync raced-suites raced-others

# Side by side: each alone leaves processors idle at its end.
raced-suites:
	@GORACE=atexit_sleep_ms=0 $(GINKGO) --race --skip-package=prevention ./scenarios/...
raced-others:
	@GORACE=atexit_sleep_ms=0 $(GO) test -race -p 4 -parallel 8 -count=1 -skip '$(UNRACED)' $(OTHERS) $(ARGS)

# For each change. The processes of a world have the detector in them, and take three times as long. So every fault is
# tried once here; and of the other packages nothing that is many worlds or many runs of the command, and no package
# that has no goroutines of ours. What is left out is in make test, and under the detector every night.
FEW = $$($(GO) list ./... | grep -v -e /scenarios/ -e /ci -e /fixtures/ -e /harness/report/)
MANY := TestScripts|TestElsewhere$$|TestNobodyMakesAWorld|TestMaps|TestHopeless|TestEveryStepIsNoticed|TestNothingEscapes|TestOwnGateway
goroutines: ## what has goroutines of ours, under the race detector (needs a C compiler)
	@$(MAKE) -s -j2 --output-sync few-suites few-others
few-suites:
	@GORACE=atexit_sleep_ms=0 $(SIDE) --race --vet=off ./scenarios/causes
few-others:
	@GORACE=atexit_sleep_ms=0 $(GO) test -race -vet=off -p 4 -parallel 8 -count=1 -skip '$(UNRACED)|$(MANY)' $(FEW) $(ARGS)

# Root has worlds of another kind, and tries what other users skip. What of that is in goroutines is not here again, and
# make run tries each experiment as root.
ROOTS := TestContainerCapabilities|TestUserWritesInTheirFolderBelowRoots|TestScripts/^(own_boundary|survey_ends)$$|TestOwnGateway
asroot: ## what is another thing for root, or what only root can try
	@$(SIDE) --vet=off --focus='may not read|Chromium' ./scenarios/blocks ./scenarios/remedies
	@$(GO) test -vet=off -parallel 8 -count=1 -run '$(ROOTS)' ./ci ./harness/cli ./harness/runner
	@$(GO) test -vet=off -p 4 -parallel 8 -count=1 ./harness/world ./harness/survey $(ARGS)

check: ## formatting and linters
	@$(LINT) run --allow-parallel-runners ./...

mutants: ## gateways that are wrong on purpose, the check that catches each, and the mutation score: minutes
	@$(GO) test -count=1 -v -run 'Mutant|Mutation' ./fixtures/mutants -every $(ARGS)

fixes: ## every change of a configuration that a report would show, without it and with it: a quarter of an hour
	@$(GO) test -count=1 -timeout 40m -run TestFixes ./harness/runner -every-cure $(ARGS)

fuzz: ## every parser of foreign bytes, with 20000 inputs each (FUZZ=500x)
	@GO='$(GO)' ci/fuzz $(FUZZ)

bench: ## speed, as ratios within one run
	@$(GO) test -run '^$$' -bench . ./harness/... $(ARGS)

docs: ## write the generated tables of the pages anew, from the registries and the results
	@$(GO) test -count=1 ./ci -run Docs -update

matrix: build ## run everything on every gateway and write fixtures/gateways/RESULTS.md and RESULTS.json anew
	@bin/gatequake run --repeat 2 --report report # What differs between two runs of the same fault is chance, in an answer as in a log.
	@bin/gatequake report report/results.json --format matrix >report/RESULTS.md && mv report/RESULTS.md fixtures/gateways/RESULTS.md
	@bin/gatequake report report/results.json --format cells >report/RESULTS.json && mv report/RESULTS.json fixtures/gateways/RESULTS.json
	@$(MAKE) -s docs # What other pages count from it.

balance: build ## break one of two members, twenty times on every gateway, and write fixtures/gateways/BALANCE.md anew: minutes
	@bin/gatequake run --only accept-queue-full@balanced,close-after-request@balanced,out-of-memory-kill@balanced,refused@balanced,sheds-503@balanced,silent-after-accept@balanced \
		--repeat 20 --workers 24 --report report/balance || [ $$? = 1 ] # Where chance decides, no two runs are the same: that is what is to be seen.
	@{ bin/gatequake report report/balance/results.json --format matrix && bin/gatequake report report/balance/results.json --format recovery; } >report/BALANCE.md && mv report/BALANCE.md fixtures/gateways/BALANCE.md

remedies: build ## try what people do about an error page, and write scenarios/remedies/RESULTS.md anew
	@bin/gatequake run --remedies --gateway builtin,nginx,haproxy,envoy --setting document --report report $(ARGS)
	@bin/gatequake report report/results.json --format matrix >report/RESULTS.md && mv report/RESULTS.md scenarios/remedies/RESULTS.md

prevention: ## measure loads, pools, restarts and reloads, and write scenarios/prevention/RESULTS.md anew: minutes
	@rm -rf report/prevention
	@for g in builtin nginx haproxy envoy; do for s in stock document; do GATEQUAKE_GATEWAY=$$g GATEQUAKE_SETTING=$$s $(GO) tool ginkgo -p --procs=6 --silence-skips \
		--label-filter='!mutant' --output-dir=report/prevention --json-report=$$g-$$s.json ./scenarios/prevention || exit 1; done; done
	@$(GO) tool ginkgo --silence-skips --label-filter=mutant ./scenarios/prevention
	@GATEQUAKE_COMMIT=$(COMMIT) $(GO) test -count=1 ./ci -run Prevention -update

recovery: build ## measure how long failures outlast their cause, and write scenarios/questions/RECOVERY.md anew: a quarter of an hour
	@bin/gatequake run --gateway builtin,nginx,haproxy,envoy --setting document --cause overload,network,dns,firewall,configuration,bug \
		--repeat 20 --workers 40 --report report/recovery $(ARGS)
	@bin/gatequake report report/recovery/results.json --format recovery >report/RECOVERY.md && mv report/RECOVERY.md scenarios/questions/RECOVERY.md

soak: ## what make race does, twenty times in a row, with the processors loaded
	@ci/soak 20

kills: ## kill a run two hundred times at random moments, and see that nothing is left
	@ci/kills 200
