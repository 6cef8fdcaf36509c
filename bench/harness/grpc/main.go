// The gRPC backend of the benchmark: one unary and one streaming method that answer a fixed number of bytes, and
// on a second port, over HTTP/1.1, what it has seen since it was last asked.
//
// Without generated code: Payload in bench.proto has the wire format of google.protobuf.BytesValue.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type payload = wrapperspb.BytesValue

type bench struct {
	answer   *payload
	messages int
}

func (b *bench) unary(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	if err := decode(new(payload)); err != nil {
		return nil, err
	}
	return b.answer, nil
}

func (b *bench) stream(_ any, stream grpc.ServerStream) error {
	if err := stream.RecvMsg(new(payload)); err != nil {
		return err
	}
	for range b.messages {
		if err := stream.SendMsg(b.answer); err != nil {
			return err
		}
	}
	return nil
}

// slow holds every call for a while, so that calls which are meant to be under way together are.
func (b *bench) slow(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	if err := decode(new(payload)); err != nil {
		return nil, err
	}
	time.Sleep(time.Second)
	return b.answer, nil
}

// seen is what came to one method. AtOnce is the highest number of its calls under way on one connection.
type seen struct {
	Connections int `json:"connections"`
	Requests    int `json:"requests"`
	AtOnce      int `json:"at_once"`
}

// use is how one connection uses one method.
type use struct {
	open   int
	period int // in which it was last used
}

// watch tells apart the methods, and what happened before and after it was last asked: calls of a load that has
// ended may still come in while the next one is counted.
type watch struct {
	mu     sync.Mutex
	period int
	seen   map[string]*seen
}

type (
	usesKey struct{}
	useKey  struct{}
	called  struct {
		method string
		use    *use
	}
)

func (w *watch) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, usesKey{}, map[string]*use{})
}

func (w *watch) HandleConn(context.Context, stats.ConnStats) {}

func (w *watch) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	uses := ctx.Value(usesKey{}).(map[string]*use)
	if uses[info.FullMethodName] == nil {
		uses[info.FullMethodName] = &use{period: -1}
	}
	return context.WithValue(ctx, useKey{}, called{info.FullMethodName, uses[info.FullMethodName]})
}

func (w *watch) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c := ctx.Value(useKey{}).(called)
	switch event.(type) {
	case *stats.Begin:
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.seen[c.method] == nil {
			w.seen[c.method] = &seen{}
		}
		counted := w.seen[c.method]
		if c.use.period != w.period {
			c.use.period = w.period
			counted.Connections++
		}
		c.use.open++
		counted.Requests++
		counted.AtOnce = max(counted.AtOnce, c.use.open)
	case *stats.End:
		w.mu.Lock()
		defer w.mu.Unlock()
		c.use.open--
	}
}

func (w *watch) take() map[string]*seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.seen
	w.seen = map[string]*seen{}
	w.period++
	return was
}

func main() {
	port := flag.Int("port", 0, "of the gRPC service")
	auditPort := flag.Int("audit", 0, "where what was seen can be asked")
	bytes := flag.Int("bytes", 100, "in a message")
	messages := flag.Int("messages", 100, "in a streamed answer")
	flag.Parse()

	watching := &watch{seen: map[string]*seen{}}
	b := &bench{answer: wrapperspb.Bytes(make([]byte, *bytes)), messages: *messages}
	server := grpc.NewServer(grpc.StatsHandler(watching))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Bench",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			{MethodName: "Unary", Handler: b.unary},
			{MethodName: "Slow", Handler: b.slow},
		},
		Streams: []grpc.StreamDesc{{StreamName: "Stream", Handler: b.stream, ServerStreams: true}},
	}, nil)
	go func() {
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *auditPort),
			http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				_ = json.NewEncoder(out).Encode(watching.take())
			})))
	}()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Serve(listener))
}
