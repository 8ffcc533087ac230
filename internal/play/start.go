// Package play plays package registries on loopback for tests and
// demonstrations: a server made of recorded exchanges (Start), the faults that
// real registries and networks have (Faults), and whole worlds made of lists of
// names. It reaches nothing but loopback and does not import testing.
package play

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/internal/web"
	"figment/registry/protocol"
)

// T is what is needed of *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// A Server plays one registry. Its zero value is of no use; see Start.
type Server struct {
	Ecosystem ecosystem.Ecosystem

	adapter   adapter.Adapter
	t         T
	base      string // "http://127.0.0.1:1234"
	plain     web.Network
	mu        sync.Mutex
	exchanges map[string][]exchange // by "GET /raw-uri"
	faults    []injected
	log       []Request
	lenient   bool
}

// A Request is one that the server saw. Header is as it arrived.
type Request struct {
	Method string
	URI    string // raw
	Header http.Header
}

// String is the form of the archive's section names, "GET /left-pad/latest".
func (r Request) String() string { return r.Method + " " + r.URI }

// Fresh reports whether the request asks to go past every cache.
func (r Request) Fresh() bool { return r.Header.Get("Cache-Control") == "no-cache" }

type exchange struct {
	status int
	header http.Header
	body   []byte
}

type injected struct {
	fault Fault
	match func(Request) bool
}

// An Option changes what Start makes.
type Option func(*Server)

// WithoutCanaries leaves out the control packages that every server has
// otherwise.
func WithoutCanaries() Option {
	return func(s *Server) {
		for _, name := range s.adapter.Registry.Canaries {
			for uri := range s.adapter.Play.Control(name) {
				delete(s.exchanges, uri)
			}
		}
	}
}

// Denying makes the server answer 404 to what has no exchange, instead of
// failing the test: for names that are made up on purpose.
func Denying() Option { return func(s *Server) { s.lenient = true } }

// Start serves the exchanges of a txtar archive until the test ends. A section
// is named by method and raw request URI ("GET /@babel%2Fcore") and holds a raw
// response; several sections of one name are used one after the other, the last
// for good. The control packages of the ecosystem are there too. A request
// without an exchange fails the test and is answered with 500: a typo in a
// fixture must not read as an absence.
func Start(t T, a adapter.Adapter, archive []byte, options ...Option) *Server {
	t.Helper()
	s := &Server{Ecosystem: a.Ecosystem, adapter: a, t: t, plain: Transport(), exchanges: map[string][]exchange{}}
	for _, name := range a.Registry.Canaries {
		for uri, body := range a.Play.Control(name) {
			s.exchanges[uri] = []exchange{{status: http.StatusOK, header: http.Header{"Content-Type": {a.Play.Type}}, body: []byte(body)}}
		}
	}
	for _, o := range options {
		o(s)
	}
	own := map[string][]exchange{}
	for _, f := range txtar.Parse(archive).Files {
		x, err := readExchange(f.Data)
		if err != nil {
			t.Fatalf("play: section %q: %v", f.Name, err)
		}
		own[f.Name] = append(own[f.Name], x)
	}
	for name, xs := range own {
		s.exchanges[name] = xs
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("play: %v", err)
		return s
	}
	s.base = "http://" + l.Addr().String()
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends with Close
	}()
	t.Cleanup(func() {
		s.plain.CloseIdleConnections()
		_ = server.Close() // connections that are open already broke off
		<-done
	})
	return s
}

func readExchange(data []byte) (exchange, error) {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
	if err != nil {
		return exchange{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return exchange{status: resp.StatusCode, header: resp.Header, body: body}, err
}

// Root is the server as a root of the official kind.
func (s *Server) Root() protocol.Root {
	return protocol.Root{Ecosystem: s.Ecosystem, URL: s.base + s.adapter.Play.Root, Kind: protocol.Official, Setting: "test"}
}

// Route is a route to the server alone.
func (s *Server) Route() protocol.Route {
	return protocol.Route{Roots: []protocol.Root{s.Root()}}
}

// Requests are those seen so far, in order of arrival. Those that a fault of
// the transport swallowed are among them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Forget empties the log.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// Inject answers requests that match with a fault. The fault injected last
// comes first.
func (s *Server) Inject(f Fault, match func(Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, injected{f, match})
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Play sets the response to a request, as a section of the archive would.
func (s *Server) Play(request, response string) {
	x, err := readExchange([]byte(response))
	if err != nil {
		s.t.Fatalf("play: %q: %v", request, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges[request] = []exchange{x}
}

func (s *Server) fault(r Request) *Fault {
	for i := len(s.faults) - 1; i >= 0; i-- {
		if s.faults[i].match(r) {
			return &s.faults[i].fault
		}
	}
	return nil
}

// ServeHTTP plays one exchange.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := Request{Method: r.Method, URI: r.RequestURI, Header: r.Header.Clone()}
	s.mu.Lock()
	s.log = append(s.log, req)
	f := s.fault(req)
	var x exchange
	xs, found := s.exchanges[req.String()]
	if found && f == nil {
		x = xs[0]
		if len(xs) > 1 {
			s.exchanges[req.String()] = xs[1:]
		}
	}
	s.mu.Unlock()
	if f != nil {
		f.serve(w, r)
		return
	}
	if !found {
		if s.lenient {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		s.t.Errorf("play: request without a fixture: %s", req)
		http.Error(w, "no fixture", http.StatusInternalServerError)
		return
	}
	if tag := x.header.Get("ETag"); tag != "" && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	for k, vs := range x.header {
		w.Header()[k] = vs
	}
	w.WriteHeader(x.status)
	_, _ = w.Write(x.body) // the client may have gone
}

// Transport reaches the server, and has the faults that happen before a request
// arrives.
func (s *Server) Transport() http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		req := Request{Method: r.Method, URI: r.URL.RequestURI(), Header: r.Header.Clone()}
		s.mu.Lock()
		f := s.fault(req)
		if f != nil && f.Err != nil {
			s.log = append(s.log, req)
		}
		s.mu.Unlock()
		if f != nil && f.Err != nil {
			return nil, f.Err
		}
		return s.plain.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Transport refuses to reach anything but loopback.
func Transport() web.Network { return web.Loopback() }
