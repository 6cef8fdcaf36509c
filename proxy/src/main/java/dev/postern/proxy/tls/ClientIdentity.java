package dev.postern.proxy.tls;

import dev.postern.ir.ClientCertificate;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows a backend that asks for a certificate the one that was configured, whatever CAs it says
/// that it knows, as Envoy does: its refusal says more than our silence.
final class ClientIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "client";

  private final X509Certificate[] chain;
  private final PrivateKey key;

  private ClientIdentity(X509Certificate[] chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /// @throws SSLException the key cannot be used, or is not that of the certificate; it tells
  ///   nothing of the key
  static KeyManagerFactory of(ClientCertificate certificate) throws SSLException {
    ClientIdentity identity;
    try {
      PrivateKey key = ServerKey.of(certificate.privateKey());
      check(key, certificate.chain().getFirst().getPublicKey());
      identity = new ClientIdentity(certificate.chain().toArray(new X509Certificate[0]), key);
    } catch (GeneralSecurityException | RuntimeException e) {
      String why = e instanceof MismatchException ? "it is not its certificate's" : "it is no good";
      throw new SSLException(
          "client certificate " + certificate.name() + " cannot be used with its key: " + why);
    }
    KeyManagerFactory factory = new Factory(identity);
    // Keeps the key in the form that BoringSSL wants instead of making it anew for each handshake.
    return OpenSsl.isAvailable() ? new OpenSslCachingX509KeyManagerFactory(factory) : factory;
  }

  private static void check(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> throw new GeneralSecurityException("neither RSA nor EC");
        };
    byte[] said = new byte[32];
    new SecureRandom().nextBytes(said);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(said);
    byte[] signed = signature.sign();
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      throw new MismatchException();
    }
    signature.initVerify(certified);
    signature.update(said);
    if (!signature.verify(signed)) {
      throw new MismatchException();
    }
  }

  private static final class MismatchException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public String chooseEngineClientAlias(
      String @Nullable [] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public String chooseClientAlias(
      String @Nullable [] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return ALIAS;
  }

  @Override
  public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return alias.equals(ALIAS) ? chain.clone() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return alias.equals(ALIAS) ? key : null;
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  private static final class Factory extends SimpleKeyManagerFactory {
    private final KeyManager manager;

    Factory(KeyManager manager) {
      this.manager = manager;
    }

    @Override
    protected void engineInit(KeyStore keyStore, char[] password) {}

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {}

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {manager};
    }
  }
}
