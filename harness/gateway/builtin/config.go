package builtin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Config is the gateway's configuration file, in JSON.
type Config struct {
	// Listen is host:port; Listen6 is another, and empty for none.
	Listen  string `json:"listen"`
	Listen6 string `json:"listen6"`
	// ListenH2C is one for clients of HTTP/2 in plain text, ListenTLS one for those over TLS, who are shown
	// Certificate, a PEM file with its key in it. Empty for none.
	ListenH2C   string `json:"listen_h2c"`
	ListenTLS   string `json:"listen_tls"`
	Certificate string `json:"certificate"`
	// Routes are tried by the longest prefix.
	Routes []Route `json:"routes"`
	// Resolver is the nameserver, host:port; empty means the system's.
	Resolver string `json:"resolver"`
	// KeepNames keeps what Resolver said for as long as its time to live allows. Without it each connection asks anew.
	KeepNames bool `json:"keep_names"`
	// CA is a PEM file of authorities for https routes; empty means the system's.
	CA string `json:"ca"`
	// ConnectTimeout bounds name lookup and connection, ResponseTimeout the wait for the head of an answer.
	ConnectTimeout  Duration `json:"connect_timeout"`
	ResponseTimeout Duration `json:"response_timeout"`
	// MaxAnswerHeader bounds the head of an answer, in bytes; zero is http.Transport's own default, 10 MB.
	MaxAnswerHeader int64 `json:"max_answer_header"`
	// HoldAnswer is how much of an answer's body, in bytes, is read before any of it is sent, so that a cut can
	// still become a 502. Zero holds nothing.
	HoldAnswer int64 `json:"hold_answer"`
	// Deny is who gets a 403.
	Deny Deny `json:"deny"`
	// Drop are the product names in a User-Agent whose clients get no answer at all.
	Drop []string `json:"drop"`
	// Rules are regular expressions (package regexp); a request with a query parameter, decoded, that one of them
	// matches gets a 403.
	Rules []string `json:"rules"`
	// Members, Limit and Ask are for what is below their prefixes; without a prefix they are not there.
	Members Members `json:"members"`
	Limit   Limit   `json:"limit"`
	Ask     Ask     `json:"ask"`
}

// Route sends what is below Prefix to URL, or serves it from the folder Files.
type Route struct {
	Prefix string `json:"prefix"`
	URL    string `json:"url"`
	Files  string `json:"files"`
	// Pool lists, besides URL, others that serve the same, each in its turn; with Again the next is asked for
	// what one has not served.
	Pool  []string `json:"pool"`
	Again bool     `json:"again"`
	// ServerName is the name that an https upstream must have; empty means the host of URL.
	ServerName string `json:"server_name"`
	// HTTP2 is true for an http upstream that speaks HTTP/2 in plain text, and nothing else.
	HTTP2 bool `json:"http2"`
	// Socket is the path of a Unix socket that stands for the host of URL; empty means a TCP connection to it.
	Socket string `json:"socket"`
	// Down marks every member of the route's pool as one that is not to be asked.
	Down bool `json:"down"`
}

// Duration is a time.Duration in the form of time.ParseDuration.
type Duration time.Duration

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

func read(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, n := range c.Deny.Networks {
		if _, err := prefix(n); err != nil {
			return nil, fmt.Errorf("read %s: deny.networks: %w", file, err)
		}
	}
	return c, nil
}
