package packs

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/web"
	"figment/names"
)

// MaxOffer is the longest index.json that is read, in bytes.
const MaxOffer = 1 << 20

// Limits of an update.
const (
	maxSignature = 1 << 10
	maxKeyFile   = 64 << 10
	updateLimit  = 15 * time.Minute
	futureDay    = 24 * time.Hour // clocks and time zones differ
)

// An Offer is index.json: the packs that a source has.
type Offer struct {
	SchemaVersion string        `json:"schema_version"`
	Packs         []OfferedPack `json:"packs"`
}

// An OfferedPack is a row of it.
type OfferedPack struct {
	Ecosystem string    `json:"ecosystem"`
	File      string    `json:"file"` // beside index.json
	SHA256    string    `json:"sha256"`
	Size      int64     `json:"size"`     // bytes
	Snapshot  time.Time `json:"snapshot"` // RFC 3339
}

// A packSource gives the files of a folder or of a URL. get refuses a file of
// more than limit bytes; errAbsent says that there is none of that name.
type packSource interface {
	get(ctx context.Context, name string, limit int64) ([]byte, error)
	remote() bool
}

var errAbsent = errors.New("there is no such file")

// Update installs what the source offers that the option from names. Packs are
// put in place one by one, each whole and verified. It writes what it installed,
// and says what could not be. No ecosystems means all.
func Update(ctx context.Context, a *app.Call, v *app.Values, dir string, ecos []ecosystem.Ecosystem) error {
	from := v.Text("from")
	if from == "" {
		return app.Usage("figment index update needs --from URL or --from DIR", "no place for packs is built in: docs/names.md says how to make them")
	}
	if v.Text("key") != "" && v.On("unsigned") {
		return app.Usage("--key asks for a signature and --unsigned for none", "")
	}
	src, err := openSource(from, a.Agent())
	if err != nil {
		return err
	}
	key, given, err := indexKey(v.Text("key"), filepath.Join(dir, keyFile), v.On("unsigned"))
	if err != nil {
		return err
	}
	if key == nil && src.remote() && !v.On("unsigned") {
		return app.Usage("packs from a URL want --key FILE with the public key of their maker", "--unsigned trusts the connection alone")
	}
	ctx, cancel := context.WithTimeout(ctx, updateLimit)
	defer cancel()

	text, err := src.get(ctx, "index.json", MaxOffer)
	if err != nil {
		return app.Failure("index.json cannot be read: "+updateError(err), "")
	}
	if key != nil {
		sig, err := src.get(ctx, "index.json.sig", maxSignature)
		if err != nil {
			return app.Failure("index.json.sig cannot be read: "+updateError(err), "nothing was installed; --unsigned does without a signature")
		}
		if !signed(key, text, sig) {
			return app.Failure("the signature of index.json is not of that key: nothing was installed", "")
		}
	}
	offered, problems, err := readOffer(text, ecos)
	if err != nil {
		return app.Failure("index.json cannot be used: "+err.Error(), "")
	}
	if given != nil {
		if err := install(dir, keyFile, given); err != nil {
			return app.Failure("the key cannot be kept: "+app.Cause(err), "")
		}
	}
	failed := 0
	for _, p := range problems {
		failed++
		a.Say("error: %s", p)
	}
	for _, o := range offered {
		said, err := updatePack(ctx, src, dir, o, time.Now())
		if ctx.Err() != nil && err != nil {
			return app.Failure("the update was cut short: "+updateError(ctx.Err()), "")
		}
		if err != nil {
			failed++
			a.Say("error: %s: %s", o.Ecosystem, updateError(err))
			continue
		}
		if _, err := fmt.Fprintf(a.Out, "%s: %s\n", o.Ecosystem, said); err != nil {
			return app.Written(err)
		}
	}
	if failed > 0 {
		return app.Failure(fmt.Sprintf("%d of %d packs could not be installed", failed, len(offered)+len(problems)), "what was installed before is as it was")
	}
	if len(offered) == 0 {
		fmt.Fprintln(a.Out, "the source offers no packs")
	}
	return nil
}

// updatePack installs one pack unless what is there is as good, and says what
// it did.
func updatePack(ctx context.Context, src packSource, dir string, o OfferedPack, now time.Time) (string, error) {
	e := ecosystem.Ecosystem(o.Ecosystem)
	if o.Snapshot.After(now.Add(futureDay)) {
		return "", fmt.Errorf("its day, %s, is yet to come", o.Snapshot.Format(time.DateOnly))
	}
	have, err := installedPack(dir, e)
	if err == nil {
		if have.Date().After(o.Snapshot) {
			return fmt.Sprintf("kept the pack of %s: the offered one is of %s", have.Date().Format(time.DateOnly), o.Snapshot.Format(time.DateOnly)), nil
		}
		if have.Date().Equal(o.Snapshot) && int64(have.Size()) == o.Size && fileHash(filepath.Join(dir, names.PackFile(e))) == o.SHA256 {
			return "up to date, " + have.Date().Format(time.DateOnly), nil
		}
	}
	data, err := src.get(ctx, o.File, o.Size)
	if err != nil {
		return "", err
	}
	if sum := sha256.Sum256(data); int64(len(data)) != o.Size || hex.EncodeToString(sum[:]) != o.SHA256 {
		return "", errors.New("it is not the file that index.json describes")
	}
	p, err := names.ReadPack(data)
	if err == nil {
		err = p.Verify()
	}
	switch {
	case err != nil:
		return "", err
	case p.Ecosystem() != e:
		return "", fmt.Errorf("the pack is of %s", p.Ecosystem())
	case !p.Date().Equal(o.Snapshot.Truncate(time.Second)):
		return "", fmt.Errorf("the pack is of %s, index.json says %s", p.Date().Format(time.RFC3339), o.Snapshot.Format(time.RFC3339))
	}
	if err := install(dir, names.PackFile(e), data); err != nil {
		return "", fmt.Errorf("it cannot be put in place: %s", app.Cause(err))
	}
	return fmt.Sprintf("installed %s names of %s, %s, %s", thousands(p.Len()), p.Date().Format(time.DateOnly), wholeWord(p.Complete()), bytesWords(p.Size())), nil
}

// readOffer reads index.json and picks the packs of some ecosystems, or all.
// Problems are about single packs; the error is about the file.
func readOffer(text []byte, ecos []ecosystem.Ecosystem) (picked []OfferedPack, problems []string, err error) {
	var o Offer
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&o); err != nil {
		return nil, nil, errors.New("it is no JSON of that form")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, nil, errors.New("there is something behind it")
	}
	if o.SchemaVersion != "1" {
		return nil, nil, fmt.Errorf("its schema_version is %q, this program reads 1", o.SchemaVersion)
	}
	seen := map[string]bool{}
	for _, p := range o.Packs {
		known := slices.Contains(ecosystem.All(), ecosystem.Ecosystem(p.Ecosystem))
		if !known || len(ecos) > 0 && !slices.Contains(ecos, ecosystem.Ecosystem(p.Ecosystem)) {
			continue // of a later program, or not asked for
		}
		if seen[p.Ecosystem] {
			return nil, nil, fmt.Errorf("it has two packs of %s", p.Ecosystem)
		}
		seen[p.Ecosystem] = true
		switch {
		case !plainFile(p.File):
			problems = append(problems, fmt.Sprintf("%s: %q is no plain file name", p.Ecosystem, p.File))
		case len(p.SHA256) != 64 || strings.Trim(p.SHA256, "0123456789abcdef") != "":
			problems = append(problems, p.Ecosystem+": index.json has no sha256 of it")
		case p.Size <= 0 || p.Size > names.MaxPack:
			problems = append(problems, fmt.Sprintf("%s: a pack of %d bytes is not read", p.Ecosystem, p.Size))
		case p.Snapshot.IsZero():
			problems = append(problems, p.Ecosystem+": index.json has no snapshot of it")
		default:
			picked = append(picked, p)
		}
	}
	for _, e := range ecos {
		if !seen[string(e)] {
			problems = append(problems, fmt.Sprintf("%s: the source has no such pack", e))
		}
	}
	sortPacks(picked)
	return picked, problems, nil
}

// plainFile reports whether a file name stays in its folder on every system.
func plainFile(s string) bool {
	return s != "" && len(s) <= 100 && s[0] != '.' && s[0] != '-' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// install writes a file whole: beside its place, then moved there.
func install(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".tmp-*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// fileHash is the SHA-256 of a file in hexadecimal; empty if it cannot be read.
func fileHash(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, names.MaxPack+1)); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// indexKey is the key whose signature is wanted: of the file, or the one that
// an earlier update kept; nil for none. given is the text of the file, to be
// kept once it has proved right.
func indexKey(file, kept string, unsigned bool) (key ed25519.PublicKey, given []byte, err error) {
	if unsigned {
		return nil, nil, nil
	}
	path := file
	if path == "" {
		path = kept
	}
	text, err := readLimited(path, maxKeyFile)
	switch {
	case file == "" && errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case err != nil:
		return nil, nil, app.Usage(fmt.Sprintf("the key %s cannot be read: %s", path, app.Cause(err)), "")
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, nil, app.Usage(path+" is no public key", "it is a PEM file that begins -----BEGIN PUBLIC KEY-----")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, nil, app.Usage(path+" is no Ed25519 key", "")
	}
	if file != "" {
		given = pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})
	}
	return key, given, nil
}

// signed reports whether sig, as 64 bytes or in base64, is the key's signature
// of text.
func signed(key ed25519.PublicKey, text, sig []byte) bool {
	if len(sig) != ed25519.SignatureSize {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(sig)))
		if err != nil {
			return false
		}
		sig = raw
	}
	return len(sig) == ed25519.SignatureSize && ed25519.Verify(key, text, sig)
}

// openSource tells a URL from a folder.
func openSource(from, agent string) (packSource, error) {
	if !strings.Contains(from, "://") {
		root, err := os.OpenRoot(from)
		if err != nil {
			return nil, app.Usage(fmt.Sprintf("--from %s: %s", from, app.Cause(err)), "")
		}
		return folder{root}, nil
	}
	u, err := url.Parse(from)
	switch {
	case err != nil || u.Host == "":
		return nil, app.Usage("--from is no URL that can be read", "")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, app.Usage("--from takes a URL without credentials, query or fragment", "")
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return nil, app.Usage("--from takes an https URL; http only on this machine", "")
	}
	return website{u, web.New(web.Options{UserAgent: agent})}, nil
}

type folder struct{ root *os.Root }

func (folder) remote() bool { return false }

func (f folder) get(_ context.Context, name string, limit int64) ([]byte, error) {
	info, err := f.root.Stat(name) // before opening: a pipe would wait for a writer
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errAbsent
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > limit:
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	r, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readAtMost(r, limit)
}

type website struct {
	root   *url.URL
	client *web.Client
}

func (website) remote() bool { return true }

func (w website) get(ctx context.Context, name string, limit int64) (data []byte, err error) {
	_, err = w.client.Do(ctx, web.Request{
		URL: w.root.JoinPath(name).String(), Max: limit, Idle: time.Minute, Follow: true, May: w.may,
		Read: func(r *web.Response) (err error) {
			switch {
			case r.Status == http.StatusNotFound || r.Status == http.StatusGone:
				return errAbsent
			case r.Status != http.StatusOK:
				f := web.Refused(r.Status)
				f.Text = fmt.Sprintf("%s answered %d", w.root.Host, r.Status)
				return f
			}
			data, err = r.All()
			if f := web.FaultOf(err); f != nil && f.Reason == web.ReasonTooLarge {
				return fmt.Errorf("it is larger than %d bytes", limit)
			}
			return err
		},
	})
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return data, err
}

// may says which redirects are followed, as release pages make them: only over
// https and not to a host that is named as an address or as this machine.
func (w website) may(to *url.URL) error {
	_, literal := netip.ParseAddr(to.Hostname())
	switch {
	case to.Host == w.root.Host && to.Scheme == w.root.Scheme:
		return nil
	case to.Scheme != "https" || literal == nil || loopback(to.Hostname()) || to.User != nil:
		return errors.New("it redirects to where packs are not fetched from")
	}
	return nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, limit)
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	return data, nil
}

// updateError is the cause of an error without URL or path.
func updateError(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	}
	return app.Cause(err)
}
