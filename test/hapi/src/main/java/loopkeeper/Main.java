package loopkeeper;

import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A HAPI FHIR R4 server on the loopback; prints one line, READY and its base URL, and stops at SIGTERM. */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    var context = new AnnotationConfigApplicationContext(ServerConfig.class);
    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.getInteger("loopkeeper.port", 0));
    server.addConnector(connector);
    var handler = new ServletContextHandler();
    handler.setContextPath("/");
    handler.addServlet(new ServletHolder(context.getBean(RestfulServer.class)), "/fhir/*");
    server.setHandler(handler);
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, context)));
    if (Boolean.getBoolean("loopkeeper.withParent")) exitWithParent();
    System.out.println("READY http://127.0.0.1:" + connector.getLocalPort() + "/fhir");
  }

  /** Our input closes when the process that started us ends, even if it was killed. */
  private static void exitWithParent() {
    var watch = new Thread(() -> {
      try {
        while (System.in.read() >= 0) {}
      } catch (IOException closed) {
        // As good as its end.
      }
      System.exit(0);
    });
    watch.setDaemon(true);
    watch.start();
  }

  private static void stop(Server server, AnnotationConfigApplicationContext context) {
    try {
      server.stop();
    } catch (Exception cause) {
      System.err.println("The server did not stop cleanly: " + cause);
    }
    context.close();
  }
}
