package gatewayfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/suggest"
)

// Proxied is an entry of Toxiproxy's population file (its flag -config): a JSON array of them.
type Proxied struct {
	Name     string `json:"name"`
	Listen   string `json:"listen"`
	Upstream string `json:"upstream"`
	// Enabled is nil where the entry does not say so, which Toxiproxy takes for true.
	Enabled *bool `json:"enabled,omitempty"`
	// Toxics must be empty: what is broken, and when, is for an experiment to say.
	Toxics []json.RawMessage `json:"toxics,omitempty"`
	// At is where the entry begins: file:line:column.
	At string `json:"-"`
}

// ParsePopulation reads the file called name. The error is one line that begins with file:line:column.
func ParsePopulation(name string, text []byte) ([]Proxied, error) {
	all := []Proxied{}
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, fmt.Errorf(
			"%s: got %.40q, want a JSON array such as [{\"name\": \"orders\", \"listen\": \"127.0.0.1:9001\", "+
				"\"upstream\": \"127.0.0.1:9000\"}]",
			spot(name, text, 0),
			bytes.TrimSpace(text),
		)
	}
	for d.More() {
		begin := int(d.InputOffset())
		begin += len(text[begin:]) - len(bytes.TrimLeft(text[begin:], " \t\r\n,"))
		raw := json.RawMessage{}
		if err := d.Decode(&raw); err != nil {
			return nil, misread(name, text, 0, err)
		}
		p := Proxied{At: spot(name, text, begin)}
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&p); err != nil {
			return nil, misread(name, text, begin, err)
		}
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", p.At, err)
		}
		all = append(all, p)
	}
	if _, err := d.Token(); err != nil {
		return nil, misread(name, text, 0, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf(
			"%s: got more after the end of the array, want nothing",
			spot(name, text, int(d.InputOffset())),
		)
	}
	return all, nil
}

func (p Proxied) check() error {
	for _, c := range []struct{ key, value string }{{"name", p.Name}, {"listen", p.Listen}, {"upstream", p.Upstream}} {
		if c.value == "" {
			return fmt.Errorf("%s: got none, want one", c.key)
		}
	}
	if len(p.Toxics) > 0 {
		return fmt.Errorf(
			"%s: toxics: got %d, want none: what is broken, and when, is for an experiment to say",
			p.Name,
			len(p.Toxics),
		)
	}
	return nil
}

// spot is the place of an offset: file:line:column.
func spot(name string, text []byte, offset int) string {
	before := string(text[:min(max(offset, 0), len(text))])
	return fmt.Sprintf("%s:%d:%d", name, strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
}

// misread puts an error of the JSON decoder into one line; what was decoded begins at the offset.
func misread(name string, text []byte, begin int, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %w", spot(name, text, begin+int(syntax.Offset)-1), err)
	case errors.As(err, &kind):
		return fmt.Errorf(
			"%s: %s: got a %s, want a %s",
			spot(name, text, begin+int(kind.Offset)-1),
			kind.Field,
			kind.Value,
			kind.Type,
		)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: got the end of the file, want the end of the array", spot(name, text, len(text)))
	}
	key, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	if !unknown {
		return fmt.Errorf("%s: %w", spot(name, text, begin), err)
	}
	keys := []string{}
	for i := range reflect.TypeFor[Proxied]().NumField() {
		if k, _, _ := strings.Cut(reflect.TypeFor[Proxied]().Field(i).Tag.Get("json"), ","); k != "-" {
			keys = append(keys, k)
		}
	}
	at := begin + max(0, bytes.Index(text[begin:], []byte(key)))
	hint := ""
	if near := suggest.Nearest(strings.Trim(key, `"`), keys); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return fmt.Errorf(
		"%s: got the key %s, want one of %s%s",
		spot(name, text, at),
		key,
		strings.Join(keys, ", "),
		hint,
	)
}

// FormatPopulation writes the links as Toxiproxy reads them.
func FormatPopulation(links []gateway.Link) ([]byte, error) {
	all, yes := []Proxied{}, true
	for _, l := range links {
		all = append(
			all,
			Proxied{Name: l.Name, Listen: l.Listen.String(), Upstream: l.Upstream.String(), Enabled: &yes},
		)
	}
	text, err := json.MarshalIndent(all, "", "  ")
	return append(text, '\n'), err
}
