//! Servers that speak the protocols and keep what they are told.

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A mail that was taken.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub to: String,
    pub data: String,
    /// Whether it came over TLS, and as whom.
    pub secure: bool,
    pub user: Option<String>,
}

impl Mail {
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next()?;
        let unfolded = head.replace("\r\n ", "");
        let line = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))?;
        Some(line.to_owned())
    }
}

/// How the mail server is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Secure {
    No,
    Starttls,
    Tls,
}

/// A mail server: `gone@…` does not exist, `busy@…` is for later, the password is `right`.
pub struct Post {
    pub address: SocketAddr,
    pub mails: Arc<Mutex<Vec<Mail>>>,
    /// The authority of its certificate, PEM.
    pub root: String,
}

impl Post {
    /// `pause`: how long it thinks before it says that it has a mail.
    pub async fn start(secure: Secure, pause: Duration) -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let chain = vec![CertificateDer::from(key.cert.der().to_vec())];
        let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (kept, acceptor) = (Arc::clone(&kept), acceptor.clone());
                tokio::spawn(async move {
                    // A client that goes away in the middle is what is tested.
                    let _ = serve(socket, acceptor, secure, pause, kept).await;
                });
            }
        });
        Post { address, mails, root: key.cert.pem() }
    }

    pub fn taken(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    acceptor: TlsAcceptor,
    secure: Secure,
    pause: Duration,
    kept: Arc<Mutex<Vec<Mail>>>,
) -> std::io::Result<()> {
    match secure {
        Secure::Tls => talk(acceptor.accept(socket).await?, true, true, pause, &kept).await,
        Secure::No => talk(socket, false, true, pause, &kept).await,
        Secure::Starttls => {
            talk(&mut socket, false, true, pause, &kept).await?;
            // It comes here after STARTTLS, or after a goodbye, which TLS then finds out.
            talk(acceptor.accept(socket).await?, true, false, pause, &kept).await
        }
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    socket: S,
    is_tls: bool,
    greet: bool,
    pause: Duration,
    kept: &Mutex<Vec<Mail>>,
) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    if greet {
        socket.write_all(b"220 localhost ESMTP\r\n").await?;
        socket.flush().await?;
    }
    let mut mail = Mail { secure: is_tls, ..Mail::default() };
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.to_ascii_uppercase();
        let answer: String = if word.starts_with("EHLO") {
            "250-localhost\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n".to_owned()
        } else if word.starts_with("STARTTLS") {
            socket.write_all(b"220 go\r\n").await?;
            socket.flush().await?;
            return Ok(());
        } else if let Some(said) = line.strip_prefix("AUTH PLAIN ") {
            use base64::Engine;
            let plain = base64::engine::general_purpose::STANDARD.decode(said.trim()).unwrap();
            let plain = String::from_utf8(plain).unwrap();
            let parts: Vec<&str> = plain.split('\0').collect();
            mail.user = Some(parts[1].to_owned());
            let right = parts[2] == "right";
            if right { "235 welcome\r\n" } else { "535 5.7.8 wrong password\r\n" }.to_owned()
        } else if word.starts_with("RCPT") {
            let to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let answer = match to.split('@').next() {
                Some("gone") => "550 5.1.1 no such user\r\n",
                Some("busy") => "451 4.3.0 later\r\n",
                _ => "250 ok\r\n",
            };
            mail.to = to;
            answer.to_owned()
        } else if word.starts_with("DATA") {
            socket.write_all(b"354 go\r\n").await?;
            socket.flush().await?;
            let mut data = String::new();
            loop {
                let mut line = String::new();
                if socket.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                if line == ".\r\n" {
                    break;
                }
                data.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            mail.data = data;
            kept.lock().unwrap().push(mail.clone());
            tokio::time::sleep(pause).await;
            "250 taken\r\n".to_owned()
        } else if word.starts_with("QUIT") {
            socket.write_all(b"221 bye\r\n").await?;
            socket.flush().await?;
            return Ok(());
        } else {
            "250 ok\r\n".to_owned()
        };
        socket.write_all(answer.as_bytes()).await?;
        socket.flush().await?;
    }
}

/// A call that was taken.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub headers: String,
    pub body: serde_json::Value,
    pub raw: String,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What answers robots and webhooks: by path.
pub struct Robots {
    pub address: SocketAddr,
    pub calls: Arc<Mutex<Vec<Call>>>,
}

impl Robots {
    pub async fn start(pause: Duration) -> Robots {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let _ = answer(socket, pause, &kept).await;
                });
            }
        });
        Robots { address, calls }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub fn taken(&self, path: &str) -> Vec<Call> {
        let all = self.calls.lock().unwrap();
        all.iter().filter(|call| call.path.starts_with(&format!("/{path}"))).cloned().collect()
    }
}

async fn answer(
    socket: TcpStream,
    pause: Duration,
    kept: &Mutex<Vec<Call>>,
) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).await?;
        let raw = String::from_utf8(body).unwrap();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let call = Call {
            path: path.clone(),
            headers: head,
            body: serde_json::from_str(&raw).unwrap(),
            raw,
        };
        kept.lock().unwrap().push(call);
        tokio::time::sleep(pause).await;
        let (status, said) = match path.split(['/', '?']).nth(1) {
            Some("gone") => ("410 Gone", ""),
            Some("many") => ("429 Too Many Requests", ""),
            Some("wrong") => ("200 OK", "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}"),
            Some("feishu") => ("200 OK", "{\"code\":0}"),
            _ => ("200 OK", "{\"errcode\":0,\"errmsg\":\"ok\"}"),
        };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{said}", said.len());
        socket.write_all(answer.as_bytes()).await?;
        socket.flush().await?;
    }
}
