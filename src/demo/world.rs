use super::DemoError;
use super::certificates::Certificates;
use super::crowd::Crowd;
use super::dns::{self, View, Zone};
use super::ports::{self, Door, PortKind};
use super::registry::{self, Registry};
use super::site::Site;
use super::web::Web;
use crate::policy::{Policy, PolicyError};
use crate::probe::registration::{Services, Settings};
use crate::probe::views::{Views, When};
use crate::probe::{Options, Render, SocketTable, VantagePoint};
use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The wait before the second look at a failed site: longer than the demo's flaky ports
/// stay flaky.
pub const SECOND_LOOK_AFTER: Duration = Duration::from_millis(1500);

/// How to look at a world on loopback: the homepage alone, in the short times that do there.
pub(crate) fn plain_options() -> Options {
    Options {
        resolvers: Vec::new(),
        vantages: Vec::new(),
        registration: None,
        timeout: Duration::from_secs(3),
        deadline: Duration::from_secs(20),
        max_body: 8 * 1024 * 1024,
        rate: None,
        resolving: 64,
        requests: 128,
        per_host: 4,
        per_address: 8,
        max_redirects: 10,
        both_schemes: false,
        robots: false,
        keep_exchanges: true,
        user_agent: "beian-demo".to_owned(),
        views: Views::default(),
        proxy: None,
        proxy_resolves: false,
        allow: Vec::new(),
        extra_roots: Vec::new(),
        render: Render::Never,
        browser: None,
        sockets: SocketTable::new(),
    }
}

/// The ports that every address of the world has.
const WEB_PORTS: [u16; 2] = [80, 443];

/// The time that a demo run is said to have begun, 2026-11-22T08:00:00+08:00: the dates of
/// the site files are made for it.
pub fn at() -> jiff::Timestamp {
    const AT: jiff::Timestamp = jiff::Timestamp::constant(1_795_305_600, 0);
    AT
}

/// The policy of a demo run: the embedded one, whatever a user's file says.
pub fn policy() -> Result<Policy, PolicyError> {
    Policy::embedded()
}

/// A running demo world.
pub struct World {
    sites: Vec<Site>,
    resolvers: Vec<SocketAddr>,
    vantages: Vec<VantagePoint>,
    services: Services,
    sockets: SocketTable,
    root: Vec<u8>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl World {
    /// Starts the servers of these sites on free ports of loopback.
    pub async fn start(sites: Vec<Site>) -> Result<World, DemoError> {
        let kinds = sites
            .iter()
            .flat_map(|site| site.hosts().into_iter().map(|host| (host, site.certificate)));
        let certificates = Arc::new(Certificates::new(kinds.collect())?);
        let mut world = World::empty(sites, &certificates)?;
        for view in [View::First, View::Second] {
            let zone = Zone::of(&world.sites, view)?;
            let at = world.start_resolver(zone).await?;
            world.resolvers.push(at);
        }
        world.start_vantages().await?;
        world.start_registry().await?;
        let web = Web::of(&world.sites)?;
        world.start_ports(web, wanted(&world.sites)?, &certificates)?;
        Ok(world)
    }

    /// Starts the servers of a crowd on free ports of loopback. It has two resolvers, and
    /// neither registries nor further vantage points.
    pub async fn start_crowd(crowd: Arc<Crowd>) -> Result<World, DemoError> {
        let certificates = Arc::new(Certificates::new(HashMap::new())?);
        let mut world = World::empty(Vec::new(), &certificates)?;
        for _ in [View::First, View::Second] {
            let at = world.start_resolver(Zone::of_crowd(Arc::clone(&crowd))).await?;
            world.resolvers.push(at);
        }
        let ports = crowd.ports().collect();
        world.start_ports(Web::of_crowd(crowd), ports, &certificates)?;
        Ok(world)
    }

    fn empty(sites: Vec<Site>, certificates: &Certificates) -> Result<World, DemoError> {
        Ok(World {
            resolvers: Vec::new(),
            vantages: Vec::new(),
            services: Services::default()
                .with(registry::SERVICES, "the world's registries")
                .map_err(|error| DemoError::site("README", error))?,
            sockets: SocketTable::new(),
            root: certificates.root().to_vec(),
            sites,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// The sites, in the order of the list.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The filing list, CSV.
    pub fn list(&self) -> String {
        super::filings::list(&self.sites)
    }

    /// The registry file, CSV.
    pub fn registry(&self) -> String {
        super::filings::registry(&self.sites)
    }

    /// The addresses of the resolvers.
    pub fn resolvers(&self) -> &[SocketAddr] {
        &self.resolvers
    }

    /// Where each (address, port) of the world is reached.
    pub fn sockets(&self) -> &SocketTable {
        &self.sockets
    }

    /// The root certificate of the world, DER.
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// How to look at this world, other visitors and registries included.
    pub fn options(&self) -> Options {
        Options {
            resolvers: self.resolvers.clone(),
            vantages: self.vantages.clone(),
            registration: Some(Settings {
                services: self.services.clone(),
                per_minute: 60_000,
                at_a_time: 8,
                timeout: Duration::from_secs(3),
                cache: None,
                cache_days: 0,
                patience: Duration::from_secs(60),
            }),
            views: Views {
                when: When::Auto,
                phone_agent: "beian-demo (iPhone; Mobile)".to_owned(),
                spider_agent: "beian-demo (Baiduspider)".to_owned(),
            },
            extra_roots: vec![self.root.clone()],
            sockets: self.sockets.clone(),
            ..plain_options()
        }
    }

    /// Stops every server and waits until they are gone.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The places from which hosts are asked for besides.
    async fn start_vantages(&mut self) -> Result<(), DemoError> {
        let overseas = self.start_resolver(Zone::of(&self.sites, View::Overseas)?).await?;
        let subnet = dns::SUBNET.parse().ok();
        let places = [Some(overseas), self.resolvers.first().copied()];
        let clients = [None, subnet];
        for ((name, resolver), client) in dns::VANTAGES.iter().zip(places).zip(clients) {
            let Some(resolver) = resolver else { continue };
            self.vantages.push(VantagePoint { name: (*name).to_owned(), resolver, client });
        }
        Ok(())
    }

    /// The WHOIS servers of the registry and of the registrar.
    async fn start_registry(&mut self) -> Result<(), DemoError> {
        let registry = Arc::new(Registry::of(&self.sites));
        for (host, address) in registry::HOSTS {
            if !host.starts_with("whois.") {
                continue;
            }
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            self.sockets.insert((address, 43), listener.local_addr()?);
            let is_registry = host.contains(".nic.");
            self.play(registry::serve(listener, Arc::clone(&registry), is_registry));
        }
        Ok(())
    }

    async fn start_resolver(&self, zone: Zone) -> Result<SocketAddr, DemoError> {
        let zone = Arc::new(zone);
        let (udp, tcp) = pair_of_sockets().await?;
        let at = udp.local_addr()?;
        self.play(dns::serve_udp(udp, Arc::clone(&zone)));
        self.play(dns::serve_tcp(tcp, zone));
        Ok(at)
    }

    fn start_ports(
        &mut self,
        web: Web,
        ports: Ports,
        certificates: &Arc<Certificates>,
    ) -> Result<(), DemoError> {
        let (web, tls) =
            (Arc::new(web), TlsAcceptor::from(Arc::new(Arc::clone(certificates).server()?)));
        let mut open: HashMap<(PortKind, bool), SocketAddr> = HashMap::new();
        for ((address, port), kind) in ports {
            let speaks_tls = matches!(kind, PortKind::Open | PortKind::Flaky | PortKind::Picky);
            let over_tls = speaks_tls && port == 443;
            // Flaky ports have a clock of their own; the others of a kind share a socket.
            let shared = open.get(&(kind, over_tls)).filter(|_| kind != PortKind::Flaky);
            let at = match shared {
                Some(at) => *at,
                None => {
                    let (door, at) = Door::new(kind)?;
                    let tls = over_tls.then(|| tls.clone());
                    self.play(ports::serve(door, kind, tls, Arc::clone(&web)));
                    open.insert((kind, over_tls), at);
                    at
                }
            };
            self.sockets.insert((address, port), at);
        }
        Ok(())
    }

    /// Runs a server until the world stops.
    fn play(&self, server: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = server => {}
            }
        });
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The sockets of a resolver: the TCP port has to be the UDP port, so free pairs are tried.
pub(super) async fn pair_of_sockets() -> Result<(UdpSocket, TcpListener), DemoError> {
    let mut tries = 0;
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(taken) if tries == 20 => return Err(taken.into()),
            Err(_) => tries += 1,
        }
    }
}

/// What happens at each port of each address.
type Ports = BTreeMap<(IpAddr, u16), PortKind>;

fn wanted(sites: &[Site]) -> Result<Ports, DemoError> {
    let rdap = registry::HOSTS.iter().filter(|(host, _)| host.starts_with("rdap."));
    let mut wanted: Ports = rdap.map(|(_, address)| ((*address, 443), PortKind::Open)).collect();
    for site in sites {
        let named = site.address.iter().filter_map(|(at, ports)| match at.as_str() {
            "own" => Some((site.address(), ports)),
            other => Some((other.parse().ok()?, ports)),
        });
        let named: BTreeMap<IpAddr, _> = named.collect();
        let mut addresses = dns::addresses(site);
        addresses.extend(named.keys());
        addresses.dedup();
        let all = site.address.get("*");
        for address in addresses {
            let own = named.get(&address).copied().or(all);
            let mut ports: BTreeMap<u16, PortKind> =
                WEB_PORTS.into_iter().map(|port| (port, PortKind::Open)).collect();
            for (port, kind) in own.into_iter().flatten() {
                let port = match port.as_str() {
                    "http" => 80,
                    "https" => 443,
                    other => other
                        .parse()
                        .map_err(|_| DemoError::site(&site.name, format!("no port: {other}")))?,
                };
                ports.insert(port, *kind);
            }
            for (port, kind) in ports {
                let before = wanted.insert((address, port), kind);
                if before.is_some_and(|before| before != kind) {
                    let at = format!("{address} port {port} is of two kinds");
                    return Err(DemoError::site(&site.name, at));
                }
            }
        }
    }
    Ok(wanted)
}
