package golang

import (
	"strings"
	"testing"
)

func TestGoPrefixes(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"github.com/a/b/v2/c/d", "github.com/a/b/v2/c/d github.com/a/b/v2/c github.com/a/b/v2 github.com/a/b"},
		{"github.com/a/b", "github.com/a/b"},
		{"github.com/a", "github.com/a"},
		{"gopkg.in/yaml.v3", "gopkg.in/yaml.v3"},
		{"gopkg.in/yaml.v3/sub", "gopkg.in/yaml.v3"},
		{"gopkg.in/user/pkg.v1/sub", "gopkg.in/user/pkg.v1"},
		{"golang.org/x/net/html", "golang.org/x/net/html golang.org/x/net golang.org/x"},
		{"k8s.io/api/core/v1", "k8s.io/api/core k8s.io/api"},
		{"go.uber.org/zap", "go.uber.org/zap"},
		{"net/https", "net/https"},
	} {
		var got []string
		for _, x := range prefixes(c.path) {
			got = append(got, x.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.path, got, c.want)
		}
	}
}

// TestDeep: a path without end has few prefixes.
func TestDeep(t *testing.T) {
	if got := prefixes("github.com/" + strings.Repeat("a/", 200_000) + "b"); len(got) > 24 {
		t.Errorf("%d candidates", len(got))
	}
}
