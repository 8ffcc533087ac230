package web

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/url"
)

// An Authorization is the value of that header. It prints as nothing of use and
// is given away by nothing but the header; the zero value is none.
//
// The value stands behind a pointer, because the printing functions reach
// unexported fields without asking for methods.
type Authorization struct{ value *string }

// Authorize makes an Authorization of a scheme and what follows it.
func Authorize(scheme, value string) Authorization {
	v := scheme + " " + value
	return Authorization{&v}
}

// Basic is user and password of a URL as an Authorization; nil is none.
func Basic(u *url.Userinfo) Authorization {
	if u == nil {
		return Authorization{}
	}
	password, _ := u.Password()
	return Authorize("Basic", base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
}

func (a Authorization) set() bool { return a.value != nil }

func (a Authorization) reveal() string { return *a.value }

// String redacts, as do Format, GoString, MarshalText and LogValue.
func (a Authorization) String() string { return "[redacted]" }

// GoString redacts.
func (a Authorization) GoString() string { return "[redacted]" }

// Format redacts under every verb.
func (a Authorization) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[redacted]") }

// MarshalText redacts.
func (a Authorization) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// LogValue redacts.
func (a Authorization) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Redact drops from a URL what may be a secret: user info, query, fragment. What
// does not parse is not shown at all.
func Redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
	return u.String()
}
