package proxystatus

import "testing"

func TestRecommendedCodes(t *testing.T) {
	// RFC 9209, section 2.3.
	for e, want := range map[ErrorType]int{
		DNSTimeout: 504, DNSError: 502, DestinationUnavailable: 503, DestinationIPUnroutable: 502,
		ConnectionRefused: 502, ConnectionTerminated: 502, ConnectionTimeout: 504,
		TLSProtocolError: 502, TLSCertificateError: 502, TLSAlertReceived: 502,
		HTTPRequestDenied: 403, HTTPResponseIncomplete: 502,
		HTTPResponseHeaderSectionSize: 502, HTTPResponseTimeout: 504, HTTPProtocolError: 502,
	} {
		if got := e.Recommended(); got != want {
			t.Errorf("%s: got %d, want %d", e, got, want)
		}
	}
}
