package web

import (
	"net/http"
	"net/url"
)

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow says where a redirect leads and by which way, or why it is not
// followed.
func (c *Client) follow(rq *Request, from, at *url.URL, location string) (*url.URL, http.RoundTripper, error) {
	if location == "" {
		return nil, nil, refusal("it redirects to nowhere")
	}
	to, err := at.Parse(location)
	if err != nil {
		return nil, nil, refusal("it redirects to an address that cannot be read")
	}
	if rq.May != nil {
		if err := rq.May(to); err != nil {
			return nil, nil, refusal(err.Error())
		}
	}
	to.User, to.Fragment = nil, ""
	if err := permits(from, at, to, rq.Authorization.set()); err != nil {
		return nil, nil, err
	}
	switch {
	case originOf(to) == originOf(from):
		return to, c.plain, nil
	case !c.proxied(to):
		return to, c.guarded, nil
	case literal(to.Hostname()):
		return nil, nil, refusal("it redirects to a bare address")
	}
	return to, c.plain, nil // the proxy dials
}

// permits reports whether a redirect may be followed: never from https to http,
// never with a credential to another origin, and to another origin only by https
// and to a public address.
func permits(from, at, to *url.URL, secret bool) error {
	if to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return refusal("it redirects to something other than a web address")
	}
	if at.Scheme == "https" && to.Scheme != "https" {
		return refusal("it redirects from https to http")
	}
	if originOf(to) == originOf(from) {
		return nil
	}
	if secret {
		return refusal("it redirects to another host, where the credential must not go")
	}
	if to.Scheme != "https" {
		return refusal("it redirects to another host without https")
	}
	return guardHost(to.Hostname())
}
