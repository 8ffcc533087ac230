package play

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/registry/protocol"
)

// recorder is a test that notes what went wrong.
type recorder struct {
	errors  []string
	cleanup []func()
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }
func (r *recorder) Cleanup(f func())                  { r.cleanup = append(r.cleanup, f) }
func (r *recorder) end() {
	for _, f := range r.cleanup {
		f()
	}
}

func get(t *testing.T, s *Server, uri string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(s.Root().URL, "/simple")+uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Transport().RoundTrip(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestServer(t *testing.T) {
	rec := &recorder{}
	s := Start(rec, adapter.Find(all.Adapters(), ecosystem.NPM), []byte(`A case.
-- GET /@s%2fx --
HTTP/1.1 200 OK
X-A: b

escaped
-- GET /@s/x --
HTTP/1.1 200 OK

plain
-- GET /twice --
HTTP/1.1 503 Service Unavailable

-- GET /twice --
HTTP/1.1 200 OK

now
`))
	defer rec.end()
	for _, c := range []struct {
		uri    string
		status int
		body   string
	}{
		{"/@s%2fx", 200, "escaped\n"}, {"/@s/x", 200, "plain\n"}, // not the same request
		{"/twice", 503, ""}, {"/twice", 200, "now\n"}, {"/twice", 200, "now\n"},
		{"/npm/latest", 200, `{"name":"npm","version":"4.17.21"}`},
	} {
		if status, body := get(t, s, c.uri); status != c.status || body != c.body {
			t.Errorf("%s: %d %q", c.uri, status, body)
		}
	}
	if len(rec.errors) != 0 {
		t.Errorf("unexpected: %q", rec.errors)
	}
	if status, _ := get(t, s, "/@s%2Fx"); status != 500 || len(rec.errors) != 1 {
		t.Errorf("a request without a fixture: %d, %q", status, rec.errors)
	}
	if n := len(s.Requests()); n != 7 {
		t.Errorf("%d requests in the log", n)
	}
	s.Inject(Fault{Status: 418}, func(r Request) bool { return r.URI == "/twice" })
	if status, _ := get(t, s, "/twice"); status != 418 {
		t.Errorf("a fault: %d", status)
	}
	s.Heal()
	if status, _ := get(t, s, "/twice"); status != 200 {
		t.Errorf("healed: %d", status)
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, url := range []string{"http://192.0.2.1/", "http://[2001:db8::1]/", "http://host.invalid/"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Transport().RoundTrip(req); err == nil || !strings.Contains(err.Error(), "loopback") { //nolint:bodyclose // there is none
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestFaultsSayWhatTheyMean: none of them may be read as an answer.
func TestFaultsSayWhatTheyMean(t *testing.T) {
	for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
		seen := map[string]bool{}
		for _, f := range Faults(adapter.Find(all.Adapters(), e).Play) {
			if seen[f.Name] || f.Reason == "" || f.Want != protocol.Unknown && f.Want != protocol.Blocked {
				t.Errorf("%s: fault %q", e, f.Name)
			}
			seen[f.Name] = true
		}
		for _, need := range []string{"dns", "refused", "tls", "timeout", "401", "403", "407", "408", "429", "429 retry soon", "500", "502", "503", "html", "truncated json", "wrong name", "empty list"} {
			if !seen[need] {
				t.Errorf("%s: no fault %q", e, need)
			}
		}
	}
}
