package ci

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// onlyHere is the file that may ask by nil what kind of gateway a definition is.
const onlyHere = "harness/gateway/kind.go"

// TestKindsHaveNames: code that treats kinds of gateway differently asks for the kind, or better, asks the site to
// answer; a pointer that is nil says neither which kinds there are nor which of them is meant.
func TestKindsHaveNames(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") ||
			name == onlyHere {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, at := range nilKinds(file) {
			t.Errorf("%s:%d: asks by nil for the kind of gateway; want Kind() of the definition, or a method of the site",
				name, files.Position(at).Line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNilKindsAreSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"d.Own == nil": 1, "nil != d.Own.Elsewhere": 1, "a.b.Own != nil && a.c": 1, "d.Kind() == KindOwn": 0,
		"d.Owner == nil": 0, "d.Own == other": 0,
	} {
		e, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := nilKinds(e); len(got) != want {
			t.Errorf("%s: got %d found, want %d", text, len(got), want)
		}
	}
}

// nilKinds lists where a field Own or Elsewhere is compared with nil.
func nilKinds(in ast.Node) []token.Pos {
	all := []token.Pos{}
	ast.Inspect(in, func(n ast.Node) bool {
		if c, ok := n.(*ast.BinaryExpr); ok && (c.Op == token.EQL || c.Op == token.NEQ) &&
			(tellsKind(c.X) && isNil(c.Y) || tellsKind(c.Y) && isNil(c.X)) {
			all = append(all, c.Pos())
		}
		return true
	})
	return all
}

func tellsKind(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"Own", "Elsewhere"}, s.Sel.Name)
}

func isNil(e ast.Expr) bool {
	i, ok := e.(*ast.Ident)
	return ok && i.Name == "nil"
}
