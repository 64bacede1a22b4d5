//! Who is told, and how. Secrets are named by their files: what is generated
//! holds none.

/// People who look after what alerts watch: those alerts whose `owner` it is.
///
/// What is a warning or critical reaches every way that it is told by, but
/// `PagerDuty`, which is for what is critical: somebody is woken up.
///
/// ```
/// use caxton_instrument_export::generate::Team;
///
/// let team = Team::new("agents")
///     .slack_file("#agents", "/etc/alertmanager/secrets/agents-slack")
///     .pagerduty_file("/etc/alertmanager/secrets/agents-pagerduty");
/// assert_eq!(team.name(), "agents");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    name: String,
    receivers: Vec<Receiver>,
}

/// A way to tell a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Receiver {
    Webhook { url_file: String },
    Slack { channel: String, url_file: String },
    PagerDuty { key_file: String },
    Email { to: String },
}

impl Receiver {
    /// Whether it is for alerts of this severity.
    pub(crate) const fn takes(&self, is_critical: bool) -> bool {
        is_critical || !matches!(self, Self::PagerDuty { .. })
    }
}

impl Team {
    /// A team, which nobody can tell anything yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            receivers: Vec::new(),
        }
    }

    /// Told at the URL of this file, which Alertmanager can read
    /// ([the request](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config)).
    #[must_use]
    pub fn webhook_file(mut self, url_file: &str) -> Self {
        let url_file = url_file.into();
        self.receivers.push(Receiver::Webhook { url_file });
        self
    }

    /// Told in a channel of Slack, by the webhook's URL of this file.
    #[must_use]
    pub fn slack_file(mut self, channel: &str, url_file: &str) -> Self {
        self.receivers.push(Receiver::Slack {
            channel: channel.into(),
            url_file: url_file.into(),
        });
        self
    }

    /// What is critical goes to `PagerDuty`, by the routing key of this file.
    #[must_use]
    pub fn pagerduty_file(mut self, routing_key_file: &str) -> Self {
        let key_file = routing_key_file.into();
        self.receivers.push(Receiver::PagerDuty { key_file });
        self
    }

    /// Told by mail, which [`Smtp`] sends.
    #[must_use]
    pub fn email(mut self, to: &str) -> Self {
        self.receivers.push(Receiver::Email { to: to.into() });
        self
    }

    /// The value of the label `team`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn receivers(&self) -> &[Receiver] {
        &self.receivers
    }

    /// Whether anything is told of alerts of this severity.
    pub(crate) fn takes(&self, is_critical: bool) -> bool {
        self.receivers.iter().any(|it| it.takes(is_critical))
    }
}

/// What sends mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub(crate) host: String,
    pub(crate) from: String,
    pub(crate) login: Option<(String, String)>,
}

impl Smtp {
    /// Mail is sent through `host:port`, from this address, over TLS.
    #[must_use]
    pub fn new(host: &str, from: &str) -> Self {
        Self {
            host: host.into(),
            from: from.into(),
            login: None,
        }
    }

    /// As this user, with the password of this file.
    #[must_use]
    pub fn login(mut self, user: &str, password_file: &str) -> Self {
        self.login = Some((user.into(), password_file.into()));
        self
    }
}
