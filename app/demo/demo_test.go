package demo

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"figment/app"
)

// TestProject: the sample has findings, its registries answer for no other host,
// and nothing of it is left.
func TestProject(t *testing.T) {
	d, err := New(&app.Call{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			d.Close()
		}
	}()
	rep, err := d.Scan(t.Context(), nil)
	if err != nil || len(rep.Findings) == 0 || len(rep.Unverified) == 0 || rep.Version != "test" {
		t.Fatalf("%+v, %v", rep, err)
	}
	for _, url := range []string{"http://127.0.0.1:1/npm/react", "http://localhost:9/", "http://registry.example.invalid/react"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := d.RoundTrip(r); err == nil || !strings.Contains(err.Error(), "asks nobody else") {
			t.Errorf("%s: %v, %v", url, res, err)
		}
	}
	d.Close()
	closed = true
	if _, err := os.Lstat(d.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", d.Dir, err)
	}
}
