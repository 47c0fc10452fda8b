//! Mails, by SMTP.

use super::config::{Mail, Security};
use super::{Content, Outcome};
use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// A way to the mail server. To be made and dropped inside a runtime.
pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    domain: String,
}

/// One step of the conversation.
const STEP: Duration = Duration::from_secs(30);

/// An address as `name@host` or `Name <name@host>`.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, AddressError> {
    text.trim().parse()
}

impl Mailer {
    /// A way to the server; nothing is said to it yet.
    pub(super) fn new(mail: &Mail) -> Result<Mailer, String> {
        let tls = || -> Result<TlsParameters, String> {
            let mut parameters = TlsParameters::builder(mail.host.clone());
            for pem in &mail.ca_certs {
                let certificate = Certificate::from_pem(pem).map_err(|e| e.to_string())?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters.build_rustls().map_err(|error| error.to_string())
        };
        let tls = match mail.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::Starttls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.host.as_str())
                .port(mail.port)
                .tls(tls)
                .timeout(Some(STEP));
        if let Some((user, password)) = &mail.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        let from = mailbox(&mail.from).map_err(|error| error.to_string())?;
        let reply_to = mail.reply_to.as_deref().map(mailbox).transpose();
        Ok(Mailer {
            transport: builder.build(),
            domain: from.email.domain().to_owned(),
            from,
            reply_to: reply_to.map_err(|error| error.to_string())?,
        })
    }

    /// Whether the server is there and lets us in.
    pub(super) async fn test(&self) -> Result<bool, String> {
        self.transport.test_connection().await.map_err(|error| error.to_string())
    }

    /// Sends a mail. `id` becomes its Message-ID, so that a mail that comes twice is known to be
    /// one.
    pub(super) async fn send(&self, id: &str, to: &str, content: &Content) -> Outcome {
        let message = match self.message(id, to, content) {
            Ok(message) => message,
            Err(problem) => return Outcome::Refused(problem),
        };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Sent,
            Err(error) => {
                let code = error.status().map(u16::from);
                match code {
                    // The mailbox is not there or will not have it. Anything else that is refused
                    // for good (a login, a policy) is the operator's to mend, not the message's.
                    Some(550..=553) => Outcome::Refused(error.to_string()),
                    _ => Outcome::Later(error.to_string()),
                }
            }
        }
    }

    fn message(&self, id: &str, to: &str, content: &Content) -> Result<Message, String> {
        let to = mailbox(to).map_err(|error| format!("{to:?}: {error}"))?;
        let mut builder = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.domain)))
            .from(self.from.clone())
            .to(to)
            .subject(content.title.clone());
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let text = SinglePart::plain(content.text.clone());
        let built = match &content.attachment {
            None => builder.singlepart(text),
            Some((name, bytes)) => {
                const DOCX: &str =
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                let kind = ContentType::parse(DOCX).map_err(|error| error.to_string())?;
                let letter = Attachment::new(name.clone()).body(bytes.clone(), kind);
                builder.multipart(MultiPart::mixed().singlepart(text).singlepart(letter))
            }
        };
        built.map_err(|error| error.to_string())
    }
}
