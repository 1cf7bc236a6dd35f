package harness

import (
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

type (
	Cause         = cause.Cause
	ErrorType     = proxystatus.ErrorType
	Observation   = record.Observation
	Expectation   = record.Expectation
	Tolerance     = record.Tolerance
	Author        = record.Author
	PoolSample    = record.PoolSample
	RemedyOutcome = record.RemedyOutcome
	Verdict       = verdict.Verdict
)

const (
	Overload      = cause.Overload
	Network       = cause.Network
	DNS           = cause.DNS
	Firewall      = cause.Firewall
	Configuration = cause.Configuration
	Bug           = cause.Bug
	Blocked       = cause.Blocked

	HTTPRequestDenied = proxystatus.HTTPRequestDenied

	ByGateway        = record.ByGateway
	ByUpstream       = record.ByUpstream
	ByIntermediary   = record.ByIntermediary
	ByForwardProxy   = record.ByForwardProxy
	ByUnknown        = record.ByUnknown
	ByNobody         = record.ByNobody
	IntermediaryName = record.IntermediaryName
)

var (
	Causes  = cause.All
	service = policy.Service
	refusal = policy.Refusal
)
