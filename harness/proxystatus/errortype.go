// Package proxystatus has the error types of RFC 9209 (Proxy-Status).
package proxystatus

import (
	"net/http"
	"slices"
)

// ErrorType is a Proxy-Status error type of RFC 9209, section 2.3.
type ErrorType string

// The error types that faults cause.
const (
	DNSTimeout                    ErrorType = "dns_timeout"
	DNSError                      ErrorType = "dns_error"
	DestinationUnavailable        ErrorType = "destination_unavailable"
	DestinationIPUnroutable       ErrorType = "destination_ip_unroutable"
	ConnectionRefused             ErrorType = "connection_refused"
	ConnectionTerminated          ErrorType = "connection_terminated"
	ConnectionTimeout             ErrorType = "connection_timeout"
	TLSProtocolError              ErrorType = "tls_protocol_error"
	TLSCertificateError           ErrorType = "tls_certificate_error"
	TLSAlertReceived              ErrorType = "tls_alert_received"
	HTTPRequestDenied             ErrorType = "http_request_denied"
	HTTPResponseIncomplete        ErrorType = "http_response_incomplete"
	HTTPResponseHeaderSectionSize ErrorType = "http_response_header_section_size"
	HTTPResponseTimeout           ErrorType = "http_response_timeout"
	HTTPProtocolError             ErrorType = "http_protocol_error"
)

// ErrorTypes lists the error types, in the order of RFC 9209, section 2.3.
func ErrorTypes() []ErrorType {
	return []ErrorType{
		DNSTimeout,
		DNSError,
		DestinationUnavailable,
		DestinationIPUnroutable,
		ConnectionRefused,
		ConnectionTerminated,
		ConnectionTimeout,
		TLSProtocolError,
		TLSCertificateError,
		TLSAlertReceived,
		HTTPRequestDenied,
		HTTPResponseIncomplete,
		HTTPResponseHeaderSectionSize,
		HTTPResponseTimeout,
		HTTPProtocolError,
	}
}

// Recommended returns the status code that RFC 9209, section 2.3, recommends for the error type.
func (e ErrorType) Recommended() int {
	switch e {
	case DNSTimeout, ConnectionTimeout, HTTPResponseTimeout:
		return http.StatusGatewayTimeout
	case DestinationUnavailable:
		return http.StatusServiceUnavailable
	case HTTPRequestDenied:
		return http.StatusForbidden
	}
	return http.StatusBadGateway
}

// registered are the error types of RFC 9209, section 2.3, that are no fault's.
var registered = []ErrorType{
	"destination_not_found", "destination_ip_prohibited", "connection_read_timeout", "connection_write_timeout",
	"connection_limit_reached", "http_request_error", "http_response_header_size", "http_response_body_size",
	"http_response_trailer_section_size", "http_response_trailer_size", "http_response_transfer_coding",
	"http_response_content_coding", "http_upgrade_failed", "proxy_internal_response", "proxy_internal_error",
	"proxy_configuration_error", "proxy_loop_detected",
}

// Registered reports whether the error type is one of RFC 9209, section 2.3: one that a fault causes, or another.
func (e ErrorType) Registered() bool {
	return slices.Contains(ErrorTypes(), e) || slices.Contains(registered, e)
}
