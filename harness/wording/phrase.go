package wording

import "slices"

// Phrase is a turn of words that makes a page one of a Kind.
type Phrase struct {
	// Text is compared word by word, without regard to case and punctuation.
	Text string
	Kind Kind
	// Reason says why nobody writes it on a page of another kind.
	Reason string
}

// Phrases lists what Classify looks for, in its order.
func Phrases() []Phrase { return slices.Clone(phrases) }

var phrases = []Phrase{
	{"forbidden", Denied, "the name of the status 403 (RFC 9110, section 15.5.4), and no word of any other"},
	{"access denied", Denied, "the words that most products head a refusal with"},
	{"access is denied", Denied, "the same as a sentence"},
	{"access was denied", Denied, "the same, told afterwards"},
	{"access to this page has been denied", Denied, "bot defences say it so"},
	{"not authorized to", Denied, "a refusal of what the client asked for, not of its password, which is called " +
		"unauthorized"},
	{"not allowed to", Denied, "a rule against the client; a method that does not exist is not allowed, without to"},
	{"you don't have permission", Denied, "file servers and storage say it so"},
	{"you do not have permission", Denied, "the same in full"},
	{"have been blocked", Denied, "a firewall in front of a site speaks to a person; not been blocked does not match"},
	{"has been blocked", Denied, "the same about a request or an address"},
	{"was blocked", Denied, "the same, told afterwards"},
	{"is blocked", Denied, "the same about an address or a country"},
	{"request blocked", Denied, "the same as a heading"},
	{"you are blocked", Denied, "the same, to the person"},
	{"request was rejected", Denied, "rule engines say it; a server that is not there refuses, and does not reject"},
	{"request rejected", Denied, "the same as a heading"},
	{"banned", Denied, "said of clients only"},
	{"http request denied", Denied, "the error type of RFC 9209, section 2.3.14, for a refusal"},
	{"bad gateway", BadGateway, "the name of the status 502 (RFC 9110, section 15.6.3)"},
	{"gateway timeout", BadGateway, "the name of the status 504, older spelling"},
	{"gateway time out", BadGateway, "the same, as some write it"},
	{"proxy error", BadGateway, "the gateway speaks of itself"},
	{"invalid response", BadGateway, "what RFC 9110 says a 502 is for"},
	{"no valid answer", BadGateway, "the same in other words"},
	{"upstream", BadGateway, "a word for what stands behind a gateway, which no refusal needs"},
	{"origin server", BadGateway, "the same, as caches and CDNs call it"},
	{"backend", BadGateway, "the same, as load balancers call it"},
	{"host error", BadGateway, "CDNs point at the one that failed of several"},
	{"connection refused", BadGateway, "an error type of RFC 9209: a server refused the gateway, not the gateway a " +
		"client"},
	{"connection timeout", BadGateway, "another one"},
	{"destination unavailable", BadGateway, "another one"},
	{"no server is available", BadGateway, "a load balancer whose pool is empty"},
	{"service unavailable", BadGateway, "the name of the status 503, which gateways send for a server that they " +
		"cannot reach"},
	{"temporarily unavailable", BadGateway, "the same, to a person"},
}
