// Servers that speak one protocol each and nothing else, for the end-to-end tests.
//
// Each argument is one of them: kind,port or kind,port,certificate,key or
// kind,port,certificate,key,clients, where the files are PEM and "clients" is the authority of the
// client certificates without which nobody is let in. Kinds: http1, http2, http (both), grpc,
// websocket, http+websocket (both versions of HTTP, WebSockets in 1.1), fcgi.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

func main() {
	log.SetFlags(0)
	for _, argument := range os.Args[1:] {
		parts := strings.Split(argument, ",")
		listener, err := net.Listen("tcp", "127.0.0.1:"+parts[1])
		check(err)
		var config *tls.Config
		if len(parts) > 2 {
			config = encrypted(parts[2:])
		}
		go serve(parts[0], listener, config)
	}
	fmt.Println("ready")
	// Ends with the test, also when the test ends badly.
	io.Copy(io.Discard, os.Stdin)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func encrypted(files []string) *tls.Config {
	pair, err := tls.LoadX509KeyPair(files[0], files[1])
	check(err)
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if len(files) > 2 {
		pem, err := os.ReadFile(files[2])
		check(err)
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

func serve(kind string, listener net.Listener, config *tls.Config) {
	switch kind {
	case "http", "http1", "http2":
		check(plainOrTLS(&http.Server{
			Handler: http.HandlerFunc(tell), Protocols: protocols(kind, config), TLSConfig: config},
			listener))
	case "websocket":
		check(plainOrTLS(&http.Server{
			Handler: http.HandlerFunc(echo), Protocols: protocols("http1", config), TLSConfig: config},
			listener))
	case "http+websocket":
		both := func(w http.ResponseWriter, r *http.Request) {
			if websocket.IsWebSocketUpgrade(r) {
				echo(w, r)
			} else {
				tell(w, r)
			}
		}
		check(plainOrTLS(&http.Server{
			Handler: http.HandlerFunc(both), Protocols: protocols("http", config), TLSConfig: config},
			listener))
	case "fcgi":
		if config != nil {
			listener = tls.NewListener(listener, config)
		}
		check(fcgi.Serve(listener, http.HandlerFunc(tell)))
	case "grpc":
		options := []grpc.ServerOption{
			grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(call)}
		if config != nil {
			// It refuses every client that does not agree on h2 by ALPN.
			options = append(options, grpc.Creds(credentials.NewTLS(config)))
		}
		check(grpc.NewServer(options...).Serve(listener))
	default:
		log.Fatalf("no such kind: %s", kind)
	}
}

func protocols(kind string, config *tls.Config) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(kind != "http2")
	p.SetHTTP2(kind != "http1" && config != nil)
	p.SetUnencryptedHTTP2(kind != "http1" && config == nil)
	return p
}

func plainOrTLS(server *http.Server, listener net.Listener) error {
	if server.TLSConfig == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// echo sends every message back. At /told it first tells what the handshake looks like from here, at
// /bye it closes at once, at /silent it never answers.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/silent" {
		<-r.Context().Done()
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	switch r.URL.Path {
	case "/told":
		text := fmt.Sprintf("upgrade=%s\n", strings.Join(r.Header.Values("Upgrade"), ", "))
		if r.TLS != nil {
			text += facts(*r.TLS)
		}
		c.WriteMessage(websocket.TextMessage, []byte(text))
	case "/bye":
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "enough"))
	}
	for {
		kind, message, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, message) != nil {
			return
		}
	}
}

// tell answers with what the request looks like from here.
// Who answers before the request's end has arrived resets the stream behind the answer, and nginx
// then drops an answer that it has not passed on yet.
func tell(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength >= 0 {
		io.Copy(io.Discard, r.Body)
	}
	fmt.Fprintf(w, "proto=%s\nhost=%s\n", r.Proto, r.Host)
	if r.TLS != nil {
		fmt.Fprint(w, facts(*r.TLS))
	}
}

func facts(state tls.ConnectionState) string {
	client := ""
	if len(state.PeerCertificates) > 0 {
		client = state.PeerCertificates[0].Subject.CommonName
	}
	return fmt.Sprintf("sni=%s\nalpn=%s\nclient=%s\n", state.ServerName, state.NegotiatedProtocol, client)
}

// raw leaves messages as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (raw) Name() string { return "raw" }

func call(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	stream.SetTrailer(metadata.Pairs("peer", "grpc-go"))
	switch path[strings.LastIndex(path, "/")+1:] {
	case "Tell":
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			return err
		}
		text := []byte("plaintext\n")
		if p, ok := peer.FromContext(stream.Context()); ok {
			if info, ok := p.AuthInfo.(credentials.TLSInfo); ok {
				text = []byte(facts(info.State))
			}
		}
		return stream.SendMsg(&text)
	case "Fail":
		return status.Error(codes.FailedPrecondition, "as asked")
	case "Sleep":
		select {
		case <-stream.Context().Done():
		case <-time.After(time.Minute):
		}
		return status.FromContextError(stream.Context().Err()).Err()
	case "Count":
		for i := 0; i < 100; i++ {
			text := []byte(fmt.Sprint(i))
			if err := stream.SendMsg(&text); err != nil {
				return err
			}
		}
		return nil
	case "Collect":
		total := 0
		for {
			var message []byte
			err := stream.RecvMsg(&message)
			if err == io.EOF {
				text := []byte(fmt.Sprint(total))
				return stream.SendMsg(&text)
			}
			if err != nil {
				return err
			}
			total += len(message)
		}
	case "Echo":
		for {
			var message []byte
			err := stream.RecvMsg(&message)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := stream.SendMsg(&message); err != nil {
				return err
			}
		}
	}
	return status.Error(codes.Unimplemented, path)
}
