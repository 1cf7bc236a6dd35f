// Package yamldoc reads YAML that people write: one document of keys and values, of which every key must be known. It
// tells what is wrong in one line that begins with file:line:column, in the words of people, whatever the file holds.
package yamldoc

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds on a document. The parser calls itself for each level, and a Go program whose stack overflows cannot be saved.
const (
	maxDepth   = 100
	maxMessage = 300 // of what an error says, in bytes
)

// Doc is a document that was read, for saying where something stands in it.
type Doc struct {
	file string
	root *ast.MappingNode
}

// Error is what is wrong with a document. Unwrap returns the parser's own error.
type Error struct {
	file    string
	line    int
	column  int
	message string
	err     error
}

// Error is one line that begins with file:line:column.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.file, e.line, e.column, e.message)
}

// Unwrap returns the parser's own error, if there is one.
func (e *Error) Unwrap() error { return e.err }

// Unknown is the key that is not known, where that is what is wrong; else "".
func (e *Error) Unknown() string {
	var u *yaml.UnknownFieldError
	if errors.As(e.err, &u) && u.GetToken() != nil {
		return u.GetToken().Value
	}
	return ""
}

// Read reads the text of the file into the value. Want says what the file is, for who brings something else: "what
// gatequake survey writes". The error is an *Error.
func Read(file string, text []byte, into any, want string) (d *Doc, err error) {
	fault := func(line, column int, format string, args ...any) error {
		return &Error{file: file, line: line, column: column, message: clean(fmt.Sprintf(format, args...))}
	}
	defer func() {
		if p := recover(); p != nil { // Nobody can say for a parser of that size that it never does.
			d, err = nil, fault(1, 1, "got what cannot be read as YAML (%v), want %s", p, want)
		}
	}()
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil, fault(1, 1, "got an empty file, want %s", want)
	}
	if line := tooDeep(string(text)); line > 0 {
		return nil, fault(line, 1, "got more than %d lists or mappings in one another, want %s", maxDepth, want)
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, told(file, err)
	}
	bodies := []ast.Node{}
	for _, doc := range tree.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); doc.Body != nil && !directive {
			bodies = append(bodies, doc.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		return nil, fault(1, 1, "got nothing but marks and comments, want %s", want)
	case len(bodies) > 1:
		p := bodies[1].GetToken().Position
		return nil, fault(p.Line, p.Column, "got a second document, want one")
	}
	m, ok := bodies[0].(*ast.MappingNode)
	if !ok {
		p := bodies[0].GetToken().Position
		return nil, fault(p.Line, p.Column, "got %s, want %s", kindOf(bodies[0]), want)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		return nil, told(file, err)
	}
	return &Doc{file: file, root: m}, nil
}

// tooDeep returns the line, from 1, at which something stands in more than maxDepth others, and 0 if there is none.
// What a line's own indentation makes deep is not counted: that takes as many bytes as the square of its depth.
func tooDeep(text string) int {
	depth, n := 0, 0
	for line := range strings.Lines(text) {
		n++
		own := 0
		for rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "? "); own++ {
			rest = strings.TrimLeft(rest[2:], " ")
		}
		for _, r := range line {
			switch r {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
			if depth+own > maxDepth {
				return n
			}
		}
	}
	return 0
}

// kindOf is what a document is that is no mapping.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.TagNode:
		return "a tag"
	case *ast.AnchorNode, *ast.AliasNode:
		return "an anchor or an alias"
	case *ast.NullNode:
		return "null"
	}
	return "a single value"
}

// told puts the parser's error into one line, in the words of people.
func told(file string, err error) error {
	e := &Error{file: file, line: 1, column: 1, message: err.Error(), err: err}
	var y yaml.Error
	if errors.As(err, &y) {
		e.message = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			e.line, e.column = t.Position.Line, t.Position.Column
		}
	}
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		e.message = fmt.Sprintf("got %s, want %s", typeWord(wrong.SrcType), typeWord(wrong.DstType))
	}
	e.message = clean(e.message)
	return e
}

// typeWord is what people call a type.
func typeWord(t reflect.Type) string {
	switch {
	case t == nil:
		return "nothing"
	case t == reflect.TypeFor[time.Duration]():
		return "a time such as 10s"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "keys and values"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Pointer:
		return typeWord(t.Elem())
	case reflect.Interface:
		return "a value"
	}
	return "a whole number"
}

// clean makes a message one line of bounded length.
func clean(message string) string {
	message = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(message, "?"))
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + "…"
	}
	return strings.TrimSpace(message)
}

// At is file:line:column of what stands at the path of keys and of places in lists, or of the last of them that is
// there.
func (d *Doc) At(path ...any) string {
	place, node := ast.Node(d.root), ast.Node(d.root)
	if len(d.root.Values) > 0 {
		place = d.root.Values[0].Key // Its own place is that of the first colon.
	}
	for _, step := range path {
		next := node
		switch step := step.(type) {
		case string:
			for _, entry := range entries(node) {
				if entry.Key.GetToken().Value == step {
					place, next = entry.Key, entry.Value
					break
				}
			}
		case int:
			if list, ok := node.(*ast.SequenceNode); ok && step < len(list.Values) {
				place, next = list.Values[step], list.Values[step]
			}
		}
		if next == node {
			break
		}
		node = next
	}
	p := place.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", d.file, p.Line, p.Column)
}

// entries lists the keys and values of a mapping.
func entries(n ast.Node) []*ast.MappingValueNode {
	if m, ok := n.(*ast.MappingNode); ok {
		return m.Values
	}
	return nil
}

// Words is a path of keys and of places in lists, as people write it.
func Words(path []any) string {
	all := []string{}
	for _, step := range path {
		all = append(all, fmt.Sprint(step))
	}
	return strings.Join(all, ": ")
}
