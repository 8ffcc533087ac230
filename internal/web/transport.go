package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// A Network carries single requests over connections that it keeps for a while.
type Network interface {
	http.RoundTripper
	CloseIdleConnections()
}

// Plain is the network as a Client reaches it, without a client's manners: for a
// library that has its own.
func Plain() Network { return transport(perHost) }

// Loopback is a network that reaches nothing but this machine: for tests and
// for the worlds they play.
func Loopback() Network {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			a, err := netip.ParseAddrPort(address)
			if err != nil || !a.Addr().IsLoopback() {
				return nil, fmt.Errorf("tests reach nothing but loopback, not %s", address)
			}
			return dialer.DialContext(ctx, network, address)
		},
		MaxIdleConnsPerHost: 64,
	}
}

// transport reaches what the caller names, through the proxies of the
// environment.
func transport(perHost int) *http.Transport {
	t := direct(perHost, &net.Dialer{})
	t.Proxy = http.ProxyFromEnvironment
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return proxyError(res.StatusCode)
		}
		return nil
	}
	return t
}

// guardedTransport reaches only addresses of the open internet. It has no proxy,
// whose address would be guarded instead of the target's.
func guardedTransport(perHost int) *http.Transport {
	return direct(perHost, &net.Dialer{Control: guardDial})
}

func direct(perHost int, dialer *net.Dialer) *http.Transport {
	dialer.Timeout, dialer.KeepAlive = dialTimeout, 30*time.Second
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true, // a dialer of one's own turns it off
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    perHost, // two, the default, would close connections that are wanted again
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeaders,
		// The time for a request ends everything sooner; this is for connections
		// whose request is over. A busy machine may need seconds for its part.
		TLSHandshakeTimeout: time.Minute,
	}
}

// proxied reports whether the environment's proxy stands before a URL.
func proxied(u *url.URL) bool {
	p, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	return err == nil && p != nil
}
