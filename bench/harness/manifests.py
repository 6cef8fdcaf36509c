"""The Gateway API objects that make Postern do what the peers' configuration files say."""

import textwrap
from pathlib import Path

from settings import BACKEND_NAME, GRPC_HOST

NAMESPACE = "bench"


def gateway(port: int, grpc=False) -> str:
    """For HTTPRoutes, and if need be with a listener for GRPCRoutes on the same port."""
    text = _yaml(f"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata:
          name: postern
        spec:
          controllerName: postern.dev/gateway-controller
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata:
          name: bench
          namespace: {NAMESPACE}
        spec:
          gatewayClassName: postern
          addresses:
          - type: IPAddress
            value: 127.0.0.1
          listeners:
          - name: http
            protocol: HTTP
            port: {port}
        """)
    if grpc:
        text += textwrap.indent(_yaml(f"""
            allowedRoutes:
              kinds:
              - kind: HTTPRoute
            """), "    ") + textwrap.indent(_yaml(f"""
            - name: grpc
              protocol: HTTP
              port: {port}
              hostname: {GRPC_HOST}
              allowedRoutes:
                kinds:
                - kind: GRPCRoute
            """), "  ")
    return text


def trust(ca: Path) -> str:
    return _yaml(f"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: backend-ca
          namespace: {NAMESPACE}
        data:
          ca.crt: |
        """) + textwrap.indent(ca.read_text(), "    ")


def service(name: str, port: int, app_protocol=None) -> str:
    hint = f"appProtocol: {app_protocol}" if app_protocol else ""
    return _yaml(f"""
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}
          namespace: {NAMESPACE}
        spec:
          ports:
          - name: web
            port: 80
            targetPort: {port}
            {hint}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: {name}-1
          namespace: {NAMESPACE}
          labels:
            kubernetes.io/service-name: {name}
        addressType: IPv4
        endpoints:
        - addresses:
          - 127.0.0.1
          conditions:
            ready: true
        ports:
        - name: web
          port: {port}
          protocol: TCP
        """)


def tls_policy(name: str) -> str:
    return _yaml(f"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: BackendTLSPolicy
        metadata:
          name: {name}
          namespace: {NAMESPACE}
        spec:
          targetRefs:
          - group: ""
            kind: Service
            name: {name}
          validation:
            hostname: {BACKEND_NAME}
            caCertificateRefs:
            - group: ""
              kind: ConfigMap
              name: backend-ca
        """)


def route(name: str, path: str, service_name: str, hostname=None, request_header=None) -> str:
    """A route of one path prefix; request_header (name, value) is set on the request to the backend."""
    hostnames = f"hostnames: [{hostname}]" if hostname else ""
    text = _yaml(f"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: {name}
          namespace: {NAMESPACE}
        spec:
          parentRefs:
          - name: bench
          {hostnames}
          rules:
          - matches:
            - path:
                type: PathPrefix
                value: {path}
            backendRefs:
            - name: {service_name}
              port: 80
        """)
    if request_header:
        text += textwrap.indent(_yaml(f"""
            filters:
            - type: RequestHeaderModifier
              requestHeaderModifier:
                set:
                - name: {request_header[0]}
                  value: "{request_header[1]}"
            """), "    ")
    return text


def grpc_route(name: str, service: str, service_name: str) -> str:
    """A route of all methods of a gRPC service."""
    return _yaml(f"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: GRPCRoute
        metadata:
          name: {name}
          namespace: {NAMESPACE}
        spec:
          parentRefs:
          - name: bench
          rules:
          - matches:
            - method:
                service: {service}
            backendRefs:
            - name: {service_name}
              port: 80
        """)


def documents(*parts: str) -> str:
    return "---\n".join(parts)


def _yaml(text: str) -> str:
    lines = textwrap.dedent(text).strip().splitlines()
    return "\n".join(line for line in lines if line.strip()) + "\n"
