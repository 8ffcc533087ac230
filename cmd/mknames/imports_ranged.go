package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"figment/internal/web"
)

// ranged reads a remote file by ranges and keeps what it read.
type ranged struct {
	ctx   context.Context
	g     *gatherer
	url   *url.URL
	size  int64
	parts []part
	spent int64
	asked int
	err   error // the first failure of the network
}

type part struct {
	off  int64
	data []byte
}

// open reads the end of the file, or all of it where the server knows no
// ranges.
func (r *ranged) open() error {
	return r.ask(fmt.Sprintf("bytes=-%d", tail), func(resp *web.Response) error {
		if resp.Status == http.StatusOK {
			data, err := resp.All()
			if f := web.FaultOf(err); f != nil && f.Reason == web.ReasonTooLarge {
				return errors.New("its server knows no ranges, and it is too large to be read whole")
			}
			if err != nil {
				return err
			}
			r.size, r.parts = int64(len(data)), []part{{0, data}}
			return nil
		}
		from, to, size, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || to-from >= tail || to != size-1 {
			return errors.New("its server answered another range")
		}
		data, err := r.body(resp, to-from+1)
		if err != nil {
			return err
		}
		r.size, r.parts = size, []part{{from, data}}
		return nil
	})
}

// ask asks for a range. What read says of the answer is the end of it.
func (r *ranged) ask(spec string, read func(*web.Response) error) error {
	if r.asked++; r.asked > maxRequests {
		return errors.New("it takes too many requests")
	}
	header := http.Header{"Range": {spec}, "Accept-Encoding": {"identity"}}
	found, err := r.g.get(r.ctx, r.url, header, maxWhole, read, http.StatusPartialContent, http.StatusOK)
	if err == nil && !found {
		err = errors.New("it is gone")
	}
	return err
}

func (r *ranged) body(resp *web.Response, n int64) ([]byte, error) {
	if r.spent += n; r.spent > maxFetched {
		return nil, errors.New("too much of it would have to be read")
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(resp.Body, data); err != nil {
		return nil, errors.New("its server cut the answer short")
	}
	return data, nil
}

// ReadAt implements io.ReaderAt.
func (r *ranged) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > r.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && off+int64(n) < r.size {
		at := off + int64(n)
		i := slices.IndexFunc(r.parts, func(q part) bool { return q.off <= at && at < q.off+int64(len(q.data)) })
		if i < 0 {
			if err := r.fetch(at, int64(len(p)-n)); err != nil {
				r.err = cmp.Or(r.err, err)
				return n, err
			}
			i = len(r.parts) - 1
		}
		n += copy(p[n:], r.parts[i].data[at-r.parts[i].off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// fetch reads at least a block from offset at, up to what is known behind it.
func (r *ranged) fetch(at, want int64) error {
	end := min(at+max(want, block), r.size)
	for _, q := range r.parts {
		if q.off > at {
			end = min(end, q.off)
		}
	}
	return r.ask(fmt.Sprintf("bytes=%d-%d", at, end-1), func(resp *web.Response) error {
		from, to, size, ok := contentRange(resp.Header.Get("Content-Range"))
		if resp.Status != http.StatusPartialContent || !ok || from != at || to != end-1 || size != r.size {
			return errors.New("its server answered another range")
		}
		data, err := r.body(resp, end-at)
		if err != nil {
			return err
		}
		r.parts = append(r.parts, part{at, data})
		return nil
	})
}

// contentRange reads "bytes 5-9/100" (RFC 9110, 14.4).
func contentRange(text string) (from, to, size int64, ok bool) {
	rest, ok := strings.CutPrefix(text, "bytes ")
	if !ok {
		return 0, 0, 0, false
	}
	span, total, ok1 := strings.Cut(rest, "/")
	a, b, ok2 := strings.Cut(span, "-")
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	ok = ok1 && ok2 && err1 == nil && err2 == nil && err3 == nil && 0 <= from && from <= to && to < size
	return from, to, size, ok
}
