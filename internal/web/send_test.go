package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func answer(status int, body string, headers ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

// wanted reads an answer with 200 and refuses others.
func wanted(into *string) func(*Response) error {
	return func(r *Response) error {
		if r.Status != http.StatusOK {
			return Refused(r.Status)
		}
		data, err := r.All()
		*into = string(data)
		return err
	}
}

// TestAnswers: what of an answer comes out, and how often it was asked for.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		after  string // Retry-After
		status []int
		sent   int
		waited time.Duration // with no jitter
		reason Reason
		text   string
		tries  int
	}{
		{"at once", "", []int{200}, 1, 0, "", "", 0},
		{"the second time", "", []int{503, 200}, 2, 250 * time.Millisecond, "", "", 0},
		{"never", "", []int{503, 502, 503, 200}, 3, 750 * time.Millisecond, ReasonServerError, "it answered 503", 3},
		{"after a pause", "7", []int{429, 200}, 2, 7 * time.Second, "", "", 0},
		{"too late", "31", []int{429, 200}, 1, 0, ReasonRateLimited, leaveAlone, 0},
		{"too late at the end", "31", []int{502, 502, 429}, 1, 0, ReasonRateLimited, leaveAlone, 0},
		{"not implemented", "", []int{501, 200}, 1, 0, ReasonServerError, "it answered 501", 0},
		{"credentials", "", []int{401, 200}, 1, 0, ReasonAuth, "it answered 401", 0},
		{"forbidden", "", []int{451, 200}, 1, 0, ReasonForbidden, "it answered 451", 0},
		{"a redirect", "", []int{302, 200}, 1, 0, ReasonBadAnswer, "it answered 302", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			client := New(Options{Random: func() float64 { return 0.5 }, Transport: via(func(r *http.Request) (*http.Response, error) {
				n++
				return answer(c.status[n-1], "well", "Retry-After", c.after, "Location", "https://elsewhere.example/"), nil
			})})
			begun := time.Now()
			var heard []int
			var body string
			res, err := client.Do(t.Context(), Request{URL: "https://h.example/x?token=secret", Max: 9, Read: wanted(&body), Sent: func(s Sent) {
				if s.URL != "https://h.example/x" || s.Method != http.MethodGet || s.At.IsZero() {
					t.Errorf("%s: told of %+v", c.name, s)
				}
				heard = append(heard, s.Status)
			}})
			if n != c.sent || time.Since(begun) != c.waited || fmt.Sprint(heard) != fmt.Sprint(c.status[:n]) || res.Status != c.status[n-1] || res.At.IsZero() {
				t.Errorf("%s: %d requests in %v, told of %v, %+v", c.name, n, time.Since(begun), heard, res)
			}
			f := FaultOf(err)
			if c.reason == "" && (err != nil || body != "well") || c.reason != "" && (f == nil || f.Reason != c.reason || f.Text != c.text || f.Tries != c.tries || f.Status != res.Status) {
				t.Errorf("%s: %+v, %q", c.name, f, body)
			}
		})
	}
}

// TestOwnErrors: what a reader says is handed on, and tried again only where it
// says so.
func TestOwnErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := errors.New("not what was asked for")
		n := 0
		client := New(Options{Transport: via(func(*http.Request) (*http.Response, error) { n++; return answer(200, ""), nil })})
		if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Read: func(*Response) error { return own }}); err != own || n != 1 {
			t.Errorf("%v after %d requests", err, n)
		}
		n = 0
		cut := func(*Response) error {
			return fmt.Errorf("wrapped: %w", &Fault{Reason: ReasonBadAnswer, Text: "it was cut short", Temporary: true})
		}
		if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Read: cut}); FaultOf(err) == nil || FaultOf(err).Tries != 3 || n != 3 {
			t.Errorf("%v after %d requests", err, n)
		}
		for range 9 {
			client.Do(t.Context(), Request{URL: "https://h.example", Read: cut})
		}
		if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Read: func(*Response) error { return nil }}); err != nil {
			t.Errorf("a host that answers was put aside: %v", err)
		}
	})
}

// TestAside: a host is left alone for what it says, and the last words of a
// request outweigh that.
func TestAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var status, after, n = 503, "", 0
		var said []string
		client := New(Options{Notice: func(s string) { said = append(said, s) }, Transport: via(func(*http.Request) (*http.Response, error) {
			n++
			return answer(status, "", "Retry-After", after), nil
		})})
		ask := func(host string) *Fault {
			var body string
			_, err := client.Do(t.Context(), Request{URL: "https://" + host + "/npm/x", Root: "https://user:secret@" + host + "/npm", Read: wanted(&body)})
			return FaultOf(err)
		}
		ask("h.example")
		if f := ask("h.example"); f == nil || f.Reason != ReasonServerError || f.Tries != 0 || n != 5 {
			t.Errorf("%+v after %d requests", f, n)
		}
		if f := ask("h.example"); f == nil || f.Reason != ReasonUnreachable || n != 5 {
			t.Errorf("%+v after %d requests", f, n)
		}
		if f := ask("other.example"); f == nil || f.Reason != ReasonServerError || n != 8 {
			t.Errorf("another host: %+v after %d requests", f, n)
		}
		time.Sleep(breakFor)
		status = 200
		if f := ask("h.example"); f != nil {
			t.Errorf("well again: %+v", f)
		}
		status, after, n = 429, "3600", 0
		for range 3 { // the second does not ask, and says why
			if f := ask("h.example"); f == nil || f.Reason != ReasonRateLimited || f.Text != leaveAlone || n != 1 {
				t.Errorf("%+v after %d requests", f, n)
			}
		}
		if fmt.Sprintf("%q", said) != `["https://h.example/npm failed several times in a row and is left alone for half a minute: it answered 503"]` {
			t.Errorf("said %q", said)
		}
	})
}

// TestOnce: a request that is not worth a second try tells nothing of its host,
// and is not sent to one that is left alone.
func TestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := New(Options{Transport: via(func(*http.Request) (*http.Response, error) { n++; return answer(503, ""), nil })})
		var body string
		for range 9 {
			client.Do(t.Context(), Request{URL: "https://h.example", Once: true, Read: wanted(&body)})
		}
		if n != 9 {
			t.Errorf("%d requests", n)
		}
		for range 2 {
			client.Do(t.Context(), Request{URL: "https://h.example", Read: wanted(&body)})
		}
		if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Once: true, Read: wanted(&body)}); FaultOf(err).Reason != ReasonUnreachable || n != 14 {
			t.Errorf("%v after %d requests", err, n)
		}
	})
}

// TestPace: so many at a host, so many in all, and so often.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := map[string]int{}, map[string]int{}
		count := func(key string, by int) {
			mu.Lock()
			defer mu.Unlock()
			now[key] += by
			most[key] = max(most[key], now[key])
		}
		client := New(Options{PerHost: 10, Transport: via(func(r *http.Request) (*http.Response, error) {
			count(r.URL.Host, 1)
			count("all", 1)
			time.Sleep(time.Second)
			count(r.URL.Host, -1)
			count("all", -1)
			return answer(200, ""), nil
		})})
		begun := time.Now()
		var slowest time.Duration
		var wg sync.WaitGroup
		for i := range 120 {
			rq := Request{URL: "https://" + []string{"a", "b", "c", "few"}[i%4] + ".example/", Read: func(*Response) error { return nil }}
			if i%4 == 3 {
				rq.PerHost = 2
			}
			wg.Go(func() {
				if _, err := client.Do(t.Context(), rq); err != nil {
					t.Error(err)
				}
			})
		}
		for range 5 {
			wg.Go(func() {
				if _, err := client.Do(t.Context(), Request{URL: "https://slow.example/", Every: 20 * time.Second, Read: func(*Response) error { return nil }}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, time.Since(begun))
			})
		}
		wg.Wait()
		if most["a.example"] > 10 || most["few.example"] != 2 || most["all"] != inFlight || slowest < 81*time.Second || slowest > 90*time.Second {
			t.Errorf("%v, the last after %v", most, slowest)
		}
		for range 30 {
			wg.Go(func() {
				client.Do(t.Context(), Request{URL: "https://alone.example/", Read: func(*Response) error { return nil }})
			})
		}
		wg.Wait()
		if most["alone.example"] != 10 {
			t.Errorf("%v", most)
		}
	})
}

// TestRest: all wait for a host that wants to be left alone, and the run's end
// ends every wait.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		client := New(Options{Transport: via(func(*http.Request) (*http.Response, error) {
			if n.Add(1) == 1 {
				return answer(503, "", "Retry-After", "20"), nil
			}
			return answer(200, ""), nil
		})})
		var body string
		begun := time.Now()
		go func() {
			var body string
			client.Do(t.Context(), Request{URL: "https://h.example/1", Read: wanted(&body)})
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if res, err := client.Do(ctx, Request{URL: "https://h.example/2", Read: wanted(&body)}); FaultOf(err).Reason != ReasonDeadline || time.Since(begun) != time.Second || !res.At.IsZero() || n.Load() != 1 {
			t.Errorf("%v after %v and %d requests", err, time.Since(begun), n.Load())
		}
		if _, err := client.Do(t.Context(), Request{URL: "https://h.example/3", Read: wanted(&body)}); err != nil || time.Since(begun) != 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		synctest.Wait()
	})
}

// TestTime: a request has its time, which grows for a host that is late; one
// whose answer keeps coming may have more.
func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Random: func() float64 { return 0 }, Transport: via(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		var body string
		for host, want := range map[string]struct {
			idle, took time.Duration
		}{"a.example": {0, 70 * time.Second}, "b.example": {time.Minute, 3 * time.Minute}} {
			begun := time.Now()
			if _, err := client.Do(t.Context(), Request{URL: "https://" + host, Idle: want.idle, Read: wanted(&body)}); FaultOf(err).Reason != ReasonTimeout || FaultOf(err).Text != "it did not answer in time" || time.Since(begun) != want.took {
				t.Errorf("%s: %v after %v", host, err, time.Since(begun))
			}
		}
		drip := func(every time.Duration) *Client {
			return New(Options{Random: func() float64 { return 0 }, Transport: via(func(r *http.Request) (*http.Response, error) {
				read, write := io.Pipe()
				context.AfterFunc(r.Context(), func() { write.CloseWithError(r.Context().Err()) })
				go func() {
					for range 9 {
						time.Sleep(every)
						write.Write([]byte("x"))
					}
					write.Close()
				}()
				resp := answer(200, "")
				resp.Body = read
				return resp, nil
			})})
		}
		if _, err := drip(50*time.Second).Do(t.Context(), Request{URL: "https://h.example", Idle: time.Minute, Max: 9, Read: wanted(&body)}); err != nil || body != "xxxxxxxxx" {
			t.Errorf("%v, %q", err, body)
		}
		for _, rq := range []Request{{Idle: time.Minute}, {}} {
			rq.URL, rq.Max, rq.Read = "https://h.example", 9, wanted(&body)
			if _, err := drip(70*time.Second).Do(t.Context(), rq); FaultOf(err) == nil || FaultOf(err).Reason != ReasonTimeout {
				t.Errorf("idle %v: %v", rq.Idle, err)
			}
		}
		time.Sleep(time.Hour)
	})
}

// TestBounds: a body is as large as the caller permits, the page of an error as
// large as we do.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		status int
		size   int
		fits   bool
	}{{200, 10, true}, {200, 11, false}, {206, 11, false}, {404, 11, true}, {404, maxErrorBody, true}, {404, maxErrorBody + 1, false}} {
		client := New(Options{Transport: via(func(*http.Request) (*http.Response, error) { return answer(c.status, strings.Repeat("x", c.size)), nil })})
		_, err := client.Do(t.Context(), Request{URL: "https://h.example", Max: 10, Read: func(r *Response) error {
			data, err := r.All()
			if err == nil && len(data) != c.size || (r.Broken() == nil) != c.fits {
				t.Errorf("%d bytes of %d: %d, %v", c.size, c.status, len(data), r.Broken())
			}
			return err
		}})
		if f := FaultOf(err); (f == nil) != c.fits || f != nil && (f.Reason != ReasonTooLarge || f.Temporary) {
			t.Errorf("%d bytes of %d: %v", c.size, c.status, err)
		}
	}
	if data, err := io.ReadAll(Bound(strings.NewReader("12345"), 5)); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := io.ReadAll(Bound(strings.NewReader("12345"), 4)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// TestHeaders: what is sent, and that a host may refuse what is wanted.
func TestHeaders(t *testing.T) {
	var seen []http.Header
	client := New(Options{UserAgent: "figment/1", Transport: via(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Header)
		if r.Header.Get("Accept") == "text/fine" {
			return answer(406, "no"), nil
		}
		return answer(200, "yes"), nil
	})})
	header := http.Header{"If-None-Match": {`"1"`}}
	var body string
	if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Header: header, Accept: "text/fine", Max: 9, Read: wanted(&body)}); err != nil || body != "yes" || len(seen) != 2 {
		t.Fatalf("%v, %q, %v", err, body, seen)
	}
	for i, h := range seen {
		if h.Get("User-Agent") != "figment/1" || h.Get("If-None-Match") != `"1"` || (h.Get("Accept") == "") != (i == 1) || h.Get("Referer") != "" || h.Get("Authorization") != "" {
			t.Errorf("%v", h)
		}
	}
	if len(header) != 1 {
		t.Errorf("the caller's header became %v", header)
	}
	header.Set("Accept", "text/fine") // this may not be given up
	if _, err := client.Do(t.Context(), Request{URL: "https://h.example", Header: header, Read: wanted(&body)}); FaultOf(err).Status != 406 || len(seen) != 3 {
		t.Errorf("%v", err)
	}
}

// TestRedirects: where a redirect may lead, with and without a credential.
func TestRedirects(t *testing.T) {
	const without = "it redirects to another host without https"
	for _, c := range []struct {
		location string
		plain    string // why not, without a credential
		secret   string // with one: "sent" and "held back" for followed
	}{
		{"/npm/y", "", "sent"},
		{"/else", "", "held back"},
		{"/npm/../else", "", "held back"},
		{"https://h.example:443/npm/y", "", "sent"},
		{"https://cdn.example/y", "", "it redirects to another host, where the credential must not go"},
		{"https://cdn.h.example/y", "", "it redirects to another host, where the credential must not go"},
		{"https://user:pw@cdn.example/y#part", "", "it redirects to another host, where the credential must not go"},
		{"http://h.example/npm/y", "it redirects from https to http", "it redirects from https to http"},
		{"https://localhost./y", "it redirects into the local network", "it redirects to another host, where the credential must not go"},
		{"https://169.254.169.254/y", "it redirects into the local network", "it redirects to another host, where the credential must not go"},
		{"ftp://h.example/y", "it redirects to something other than a web address", "it redirects to something other than a web address"},
		{"", "it redirects to nowhere", "it redirects to nowhere"},
		{"https://%zz/", "it redirects to an address that cannot be read", "it redirects to an address that cannot be read"},
		{"/npm/x", "it redirects without end", "it redirects without end"},
	} {
		for _, secret := range []bool{false, true} {
			var hops []*http.Request
			client := New(Options{Transport: via(func(r *http.Request) (*http.Response, error) {
				hops = append(hops, r)
				if r.URL.Path == "/npm/x" {
					return answer(302, "", "Location", c.location), nil
				}
				return answer(200, ""), nil
			})})
			var body string
			rq := Request{URL: "https://h.example/npm/x", Root: "https://h.example/npm", Follow: true, Read: wanted(&body)}
			want := c.plain
			if secret {
				rq.Authorization, want = Authorize("Bearer", "s3cr3t"), c.secret
			}
			_, err := client.Do(t.Context(), rq)
			got := ""
			if f := FaultOf(err); f != nil {
				if got = f.Text; f.Reason != ReasonBadAnswer || f.Temporary || f.Status != 0 {
					t.Errorf("%q: %+v", c.location, f)
				}
			} else if last := hops[len(hops)-1]; last.URL.User != nil || last.URL.Fragment != "" {
				t.Errorf("%q: asked %v", c.location, last.URL)
			} else if secret {
				if got = "held back"; last.Header.Get("Authorization") == "Bearer s3cr3t" {
					got = "sent"
				}
			}
			if got != want || len(hops) > maxRedirects+1 {
				t.Errorf("%q, credential %v: %q after %d hops, want %q", c.location, secret, got, len(hops), want)
			}
		}
	}
	// From http to another host over http, and what the caller does not permit.
	client := New(Options{Transport: via(func(r *http.Request) (*http.Response, error) {
		return answer(301, "", "Location", "http://other.example/"), nil
	})})
	var body string
	if _, err := client.Do(t.Context(), Request{URL: "http://h.example", Follow: true, Read: wanted(&body)}); err.Error() != without {
		t.Error(err)
	}
	if _, err := client.Do(t.Context(), Request{URL: "http://h.example", Follow: true, May: func(*url.URL) error { return errors.New("it leads away") }, Read: wanted(&body)}); err.Error() != "it leads away" {
		t.Error(err)
	}
	if _, err := client.Do(t.Context(), Request{Method: http.MethodPost, Body: []byte("x"), URL: "http://h.example", Follow: true, Read: wanted(&body)}); FaultOf(err).Status != 301 {
		t.Error(err)
	}
}

// TestBody: a body is sent whole with every try.
func TestBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		client := New(Options{Transport: via(func(r *http.Request) (*http.Response, error) {
			data, err := io.ReadAll(r.Body)
			seen = append(seen, fmt.Sprint(r.Method, " ", string(data), " ", r.ContentLength, " ", err))
			return answer(503, ""), nil
		})})
		var body string
		client.Do(t.Context(), Request{Method: http.MethodPost, URL: "https://h.example", Body: []byte("question"), Read: wanted(&body)})
		if strings.Join(seen, "\n") != strings.Repeat("POST question 8 <nil>\n", 2)+"POST question 8 <nil>" {
			t.Errorf("%q", seen)
		}
	})
}

// TestSecrets: neither a credential nor a URL's query gets out.
func TestSecrets(t *testing.T) {
	rq := Request{URL: "https://h.example/x", Authorization: Authorize("Bearer", "s3cr3t")}
	text, err := json.Marshal(struct{ A Authorization }{rq.Authorization})
	all := fmt.Sprintf("%v %+v %#v %s %q %d", rq, rq, rq, rq.Authorization, rq.Authorization, rq.Authorization) + string(text) + rq.Authorization.LogValue().String() + rq.Authorization.GoString()
	if err != nil || strings.Contains(all, "s3cr3t") || strings.Contains(all, "czNj") {
		t.Errorf("%v: %s", err, all)
	}
	if a := Basic(url.UserPassword("me", "pw")); a.reveal() != "Basic bWU6cHc=" {
		t.Error(a.reveal())
	}
	if Basic(nil).set() {
		t.Error("nobody has a credential")
	}
	for raw, want := range map[string]string{
		"https://u:p@h.example/a%2fb?token=x#y": "https://h.example/a%2fb", "https://h.example": "https://h.example", "%zz": "(unreadable URL)",
	} {
		if got := Redact(raw); got != want {
			t.Errorf("%q: %q", raw, got)
		}
	}
	client := New(Options{Transport: via(func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("dial 10.0.0.7: s3cr3t")}
	}), Clock: Clock{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}})
	if _, err := client.Do(t.Context(), Request{URL: "https://h.example/?s3cr3t", Read: func(*Response) error { return nil }}); err.Error() != "the network failed" {
		t.Error(err)
	}
}

// TestLoopback: the network of tests reaches nothing else.
func TestLoopback(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	network := Loopback()
	defer network.CloseIdleConnections()
	client := New(Options{Transport: network, Clock: Clock{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}})
	for to, want := range map[string]int{s.URL: 404, "http://192.0.2.1": 0, "http://h.invalid": 0} {
		if res, _ := client.Do(t.Context(), Request{URL: to, Read: func(r *Response) error { return nil }}); res.Status != want {
			t.Errorf("%s: %+v", to, res)
		}
	}
}
