package web

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// origin is scheme, host and port of a URL, ports written out.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return originOf(u)
}

func originOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		switch u.Scheme {
		case "http":
			port = "80"
		case "https":
			port = "443"
		}
	}
	host := strings.ToLower(u.Hostname())
	if port == "" {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port)
}

// SameOrigin reports whether two URLs have scheme, host and port in common.
func SameOrigin(a, b string) bool { return origin(a) == origin(b) }

// within reports whether a URL has the origin and the path prefix of the root:
// only there does its credential go.
func within(root string, u *url.URL) bool {
	base, err := url.Parse(root)
	if err != nil || originOf(base) != originOf(u) {
		return false
	}
	prefix, path := base.EscapedPath(), u.EscapedPath()
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." || strings.EqualFold(part, "%2e%2e") || strings.EqualFold(part, ".%2e") || strings.EqualFold(part, "%2e.") {
			return false
		}
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(prefix, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// guardHost refuses names and addresses that lead into the user's own network,
// before anything is dialled.
func guardHost(name string) error {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return refusal("it redirects into the local network")
	}
	if a, err := netip.ParseAddr(name); err == nil && !public(a) {
		return refusal("it redirects into the local network")
	}
	return nil
}

// guardDial refuses the address that a name turned out to have, which a name
// that changes its address cannot get around.
func guardDial(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !public(a.Addr()) {
		return refusal("it redirects into the local network")
	}
	return nil
}

// public reports whether an address is one of the open internet.
func public(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if a.Is6() {
		b := a.As16()
		switch {
		case b[0] == 0 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b, // NAT64 holds a v4 address
			b[0] == 0x20 && b[1] == 0x02,                           // 6to4 too
			b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0: // and Teredo
			return false
		}
		if [12]byte(b[:12]) == [12]byte{} {
			return false // unspecified, loopback, and the old v4-compatible form
		}
	}
	if a.Is4() {
		b := a.As4()
		if b[0] == 100 && b[1]&0xc0 == 64 || // carrier's shared space
			b[0] == 0 || b[0] >= 240 ||
			b[0] == 192 && b[1] == 0 && b[2] == 0 ||
			b[0] == 198 && b[1]&0xfe == 18 {
			return false
		}
	}
	return a.IsValid() && !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() &&
		!a.IsMulticast() && !a.IsUnspecified() && !a.IsInterfaceLocalMulticast()
}

func literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
