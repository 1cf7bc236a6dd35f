package upstream

import (
	"net/http"
	"net/netip"
	"time"
)

// Hit is the record of one request that reached an upstream.
type Hit struct {
	Nonce     string         `json:"nonce"` // what stamp.Nonce carried; empty when the request had none
	Method    string         `json:"method"`
	Path      string         `json:"path"` // the request target as it stood on the wire: not decoded, with its query
	Host      string         `json:"host"`
	Header    http.Header    `json:"header"`    // without Host
	BodyBytes int64          `json:"bodyBytes"` // decoded bytes of body that have arrived; 0 until the body ended
	Remote    netip.AddrPort `json:"remote"`    // the client's end of the connection
	// The same for two requests that shared a connection; the number of it in the order of acceptance.
	Connection int       `json:"connection"`
	At         time.Time `json:"at"` // when the head had been read
}
